/// The parts of a Hugging Face `tokenizer.json` that say whether it is CLIP's, and CLIP's vocabulary in it.
struct TokenizerJSON: Decodable {
    private enum CodingKeys: String, CodingKey {
        case model, normalizer
        case addedTokens = "added_tokens"
        case preTokenizer = "pre_tokenizer"
        case postProcessor = "post_processor"
    }

    /// The byte-pair encoding.
    struct Model: Decodable {
        private enum CodingKeys: String, CodingKey {
            case type, vocab, merges, dropout
            case endOfWordSuffix = "end_of_word_suffix"
            case continuingSubwordPrefix = "continuing_subword_prefix"
        }

        let type: String?
        let vocab: [String: Int]
        let merges: Merges
        let dropout: Double?
        let endOfWordSuffix: String?
        let continuingSubwordPrefix: String?
    }

    /// Merges as strings "a b" or, since tokenizers 0.20, as arrays [a, b].
    struct Merges: Decodable {
        let rules: [MergeRule]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let pairs = try? container.decode([[String]].self) {
                rules = try pairs.enumerated().map { index, pair in
                    guard pair.count == 2 else { throw Self.notAPair(index, in: container) }
                    return MergeRule(left: pair[0], right: pair[1])
                }
            } else {
                rules = try container.decode([String].self).enumerated().map { index, text in
                    guard let rule = MergeRule(text[...].utf8) else { throw Self.notAPair(index, in: container) }
                    return rule
                }
            }
        }

        private static func notAPair(_ index: Int, in container: any SingleValueDecodingContainer) -> DecodingError {
            .dataCorruptedError(in: container, debugDescription: "merge \(index + 1) is not a pair of tokens")
        }
    }

    /// A normalizer or pre-tokenizer, possibly a sequence of them.
    struct Step: Decodable {
        let type: String
        let normalizers: [Step]?
        let pretokenizers: [Step]?

        /// The kinds of the steps, in order.
        var sequence: [String] {
            (normalizers ?? pretokenizers)?.flatMap(\.sequence) ?? [type]
        }
    }

    /// What puts the start and end tokens around a text.
    struct PostProcessor: Decodable {
        let type: String
    }

    let model: Model
    let normalizer: Step?
    let preTokenizer: Step?
    let postProcessor: PostProcessor?
    let addedTokens: [AddedTokenDeclaration]?

    /// Throws unless the pipeline is the one this package implements. Only kinds are compared: the reference, too,
    /// takes its own regular expressions rather than the file's.
    func requireCLIP() throws {
        try require(model.type ?? "BPE", "BPE", as: "model")
        try require(
            model.endOfWordSuffix ?? "", BytePairEncoder.endOfWordSuffix, as: "end-of-word suffix")
        try require(model.continuingSubwordPrefix ?? "", "", as: "continuing-subword prefix")
        guard (model.dropout ?? 0) == 0 else {
            throw TokenizerError.notCLIP(reason: "its tokenizer.json has merge dropout")
        }
        try require(normalizer?.sequence ?? [], ["NFC", "Replace", "Lowercase"], as: "normalizer")
        try require(preTokenizer?.sequence ?? [], ["Split", "ByteLevel"], as: "pre-tokenizer")
        try require(postProcessor?.type ?? "RobertaProcessing", "RobertaProcessing", as: "post-processor")
    }

    private func require<Value: Equatable>(_ found: Value, _ expected: Value, as part: String) throws {
        guard found == expected else {
            throw TokenizerError.notCLIP(
                reason: "its tokenizer.json has the \(part) \(found) where CLIP has \(expected)")
        }
    }
}
