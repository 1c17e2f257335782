import CLIPSeg

/// Texts as the model's tokens.
public struct Tokenization: Sendable, Encodable {
    /// One text.
    public struct Text: Sendable, Encodable {
        /// The tokens' numbers, start and end included; all of them, even where the model does not take so many.
        public let ids: [Int]
        /// The tokens as the vocabulary spells them.
        public let tokens: [String]
        /// The number of tokens.
        public let count: Int
        /// Whether the model does not take so many.
        public let tooLong: Bool

        enum CodingKeys: String, CodingKey {
            case ids, tokens, count
            case tooLong = "too_long"
        }
    }

    /// Bytes that all texts may have together: what the model takes is far shorter.
    public static let maxBytes = 64 * 1024

    /// The name of the model.
    public let model: String
    /// The most tokens that the model takes, start and end included.
    public let limit: Int
    /// The texts in order.
    public let texts: [Text]
}

extension ModelPool {
    /// Takes texts apart into tokens. An empty one has two: start and end.
    ///
    /// - Parameters:
    ///   - texts: As many as a request may have prompts.
    ///   - deadline: When an answer is no longer of use.
    /// - Throws: `InputError` if there are no texts, or too many or too long ones; `Refusal`,
    ///   `CancellationError`.
    public func tokenize(
        _ texts: [String], deadline: ContinuousClock.Instant? = nil
    ) async throws -> Tokenization {
        guard !texts.isEmpty else {
            throw InputError(
                .malformed, code: "missing_parameter", parameter: "text", "There is no text. Give at least one.")
        }
        try InputError.requireFew(texts.count, of: "text")
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        guard bytes <= Tokenization.maxBytes else {
            throw InputError(
                .unprocessable, code: "text_too_long", parameter: "text",
                "The texts have \(bytes) bytes together; at most \(Tokenization.maxBytes) fit one request. Send less.")
        }
        return try await answering(by: deadline) { [imageWorkers, model] abandonment, _ in
            // Not the model's work, and too much for a thread that others wait for.
            try await imageWorkers.run {
                try abandonment.check()
                return Tokenization(
                    model: model.name, limit: model.maxPromptTokens, texts: texts.map { Tokenization.Text($0, model) })
            }
        }
    }
}

extension Tokenization.Text {
    fileprivate init(_ text: String, _ model: LoadedModel) {
        ids = model.processor.tokenizer.encode(text)
        tokens = model.processor.tokenizer.tokens(of: ids)
        count = ids.count
        tooLong = count > model.maxPromptTokens
    }
}
