import Glibc

/// What the model is to be asked, and what the answer is made of.
struct PromptPlan: Sendable {
    /// Something to encode.
    enum Prompt: Sendable {
        case text(String, parameter: String)
        case image(PromptPicture)
        case embedding([Float])
        case blend(text: String, PromptPicture, image: Float)
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
        var embeddings = 0
        var pictures = request.pictures[...]
        return request.prompts.compactMap { prompt in
            switch prompt {
            case .text(let text):
                if let share = request.blend, let picture = pictures.popFirst() {
                    return (text, .prompt(.blend(text: text, picture, image: share)))
                }
                return (text, .prompt(.text(text, parameter: "prompt")))
            case .expression(let expression):
                return (expression.description, expression.map { .text($0, parameter: "prompt_expr") })
            case .image:
                guard request.blend == nil, let picture = pictures.popFirst() else { return nil }
                return ("image \(picture.number ?? 1)", .prompt(.image(picture)))
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
