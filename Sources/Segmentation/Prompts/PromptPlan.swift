import Glibc

/// What the model is to be asked, and what the answer is made of.
struct PromptPlan: Sendable {
    /// Something to encode.
    enum Prompt: Sendable {
        case text(String, parameter: String)
        case image([UInt8], mask: [UInt8]?)
        case embedding([Float])
        case blend(text: String, [UInt8], mask: [UInt8]?, image: Float)
    }

    private(set) var prompts: [Prompt] = []
    private(set) var answers: [AnsweredPrompt] = []

    init(_ request: SegmentationRequest) {
        let negative = request.negativePrompts.map { text in
            PromptExpression.prompt(add(.text(text, parameter: "negative_prompt")))
        }
        for (number, asked) in asked(by: request).enumerated() {
            var expression = asked.expression.map { add($0) }
            if !negative.isEmpty { expression = .all([expression, .not(.any(negative))]) }
            let weights = request.promptWeights
            let weight = weights.isEmpty ? 1 : weights.count == 1 ? weights[0] : weights[number]
            answers.append(AnsweredPrompt(label: asked.label, expression: expression, logOdds: log(weight)))
        }
    }

    private mutating func add(_ prompt: Prompt) -> Int {
        prompts.append(prompt)
        return prompts.count - 1
    }

    private func asked(
        by request: SegmentationRequest
    ) -> [(label: String, expression: PromptExpression<Prompt>)] {
        var images = 0
        var embeddings = 0
        var blended: [(file: [UInt8], mask: [UInt8]?)] = []
        if request.blend != nil {
            for case .image(let file, let mask) in request.prompts { blended.append((file, mask)) }
        }
        var nextBlended = blended[...]
        return request.prompts.compactMap { prompt in
            switch prompt {
            case .text(let text):
                if let share = request.blend, let (file, mask) = nextBlended.popFirst() {
                    return (text, .prompt(.blend(text: text, file, mask: mask, image: share)))
                }
                return (text, .prompt(.text(text, parameter: "prompt")))
            case .expression(let expression):
                return (expression.description, expression.map { .text($0, parameter: "prompt_expr") })
            case .image(let file, let mask):
                guard blended.isEmpty else { return nil }
                images += 1
                return ("image \(images)", .prompt(.image(file, mask: mask)))
            case .embedding(let values):
                embeddings += 1
                return ("embedding \(embeddings)", .prompt(.embedding(values)))
            }
        }
    }
}

extension PromptExpression<String>: CustomStringConvertible {
    /// As `init(parsing:)` reads it, but for prompts that need quotation marks.
    public var description: String {
        switch self {
        case .prompt(let text): text
        case .not(let inner): "NOT \(inner.inParentheses)"
        case .all(let inner): inner.map(\.inParentheses).joined(separator: " AND ")
        case .any(let inner): inner.map(\.inParentheses).joined(separator: " OR ")
        }
    }

    private var inParentheses: String {
        switch self {
        case .prompt, .not: description
        case .all, .any: "(\(description))"
        }
    }
}
