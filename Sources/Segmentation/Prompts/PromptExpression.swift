/// What is true of the pixels that are meant, in terms of prompts: fuzzy logic on their probabilities, where AND is the
/// least, OR the largest, and NOT 1 minus (L. Zadeh: Fuzzy sets, 1965).
///
/// On logits, which grow with the probabilities, AND and OR are the same, and NOT is the negative.
public indirect enum PromptExpression<Operand: Sendable>: Sendable {
    /// What a prompt describes.
    case prompt(Operand)
    /// What an expression does not.
    case not(PromptExpression)
    /// What all expressions do; there is at least one.
    case all([PromptExpression])
    /// What any expression does; there is at least one.
    case any([PromptExpression])

    /// The prompts, from left to right.
    var operands: [Operand] {
        switch self {
        case .prompt(let operand): [operand]
        case .not(let inner): inner.operands
        case .all(let inner), .any(let inner): inner.flatMap(\.operands)
        }
    }

    /// The same of other operands; visited from left to right.
    func map<Other>(_ transform: (Operand) -> Other) -> PromptExpression<Other> {
        switch self {
        case .prompt(let operand): .prompt(transform(operand))
        case .not(let inner): .not(inner.map(transform))
        case .all(let inner): .all(inner.map { $0.map(transform) })
        case .any(let inner): .any(inner.map { $0.map(transform) })
        }
    }

    /// The logits of the expression, given those of its operands: planes of one size.
    func logits(of plane: (Operand) -> [Float]) -> [Float] {
        switch self {
        case .prompt(let operand): plane(operand)
        case .not(let inner): inner.logits(of: plane).map { -$0 }
        case .all(let inner): Self.merged(inner, plane, min)
        case .any(let inner): Self.merged(inner, plane, max)
        }
    }

    private static func merged(
        _ expressions: [PromptExpression], _ plane: (Operand) -> [Float], _ merge: (Float, Float) -> Float
    ) -> [Float] {
        var merged = expressions[0].logits(of: plane)
        for expression in expressions.dropFirst() {
            for (index, logit) in expression.logits(of: plane).enumerated() {
                merged[index] = merge(merged[index], logit)
            }
        }
        return merged
    }
}

extension PromptExpression: Equatable where Operand: Equatable {}
