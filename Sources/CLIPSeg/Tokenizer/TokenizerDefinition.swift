/// A merge of byte-pair encoding: `left` followed by `right` becomes one token.
struct MergeRule: Equatable {
    let left: String
    let right: String
}

/// What a tokenizer is made of, whichever files it came from; checked for contradictions.
struct TokenizerDefinition {
    /// Far more than CLIP's 49,408 tokens, and small enough that ids fit anywhere.
    private static let maxTokenID = 1 << 24

    let vocabulary: [String: Int]
    /// The best rank first.
    let merges: [MergeRule]
    let addedTokens: [AddedToken]

    /// The largest file of the original CLIP tokenizer has 3.6 MB.
    static let maxFileByteCount = 32 << 20

    /// Reads a checkpoint folder.
    init(_ folder: CheckpointFolder) throws {
        func contents(_ name: String) throws -> [UInt8]? {
            try folder.open(name)?.contents(limit: Self.maxFileByteCount)
        }
        func required(_ name: String) throws -> [UInt8] {
            guard let bytes = try contents(name) else {
                throw TokenizerError.missingFile(name: name, folder: folder.name)
            }
            return bytes
        }
        var settings = SpecialTokenSettings()
        if let config = try contents("tokenizer_config.json") {
            settings = try decodeJSON(SpecialTokenSettings.self, from: config, name: "tokenizer_config.json")
        }
        if settings.addedTokens == nil, let map = try contents("special_tokens_map.json") {
            settings.override(
                by: try decodeJSON(SpecialTokenSettings.self, from: map, name: "special_tokens_map.json"))
        }
        if let tokenizerJSON = try contents("tokenizer.json") {
            try self.init(tokenizerJSON: tokenizerJSON, settings: settings)
        } else {
            try self.init(
                vocabulary: required("vocab.json"), merges: required("merges.txt"), settings: settings)
        }
    }

    init(vocabulary: [UInt8], merges: [UInt8], settings: SpecialTokenSettings = SpecialTokenSettings()) throws {
        try self.init(
            vocabulary: decodeJSON([String: Int].self, from: vocabulary, name: "vocab.json"),
            merges: MergesFile.rules(in: merges), settings: settings, name: "vocab.json")
    }

    init(tokenizerJSON: [UInt8], settings: SpecialTokenSettings = SpecialTokenSettings()) throws {
        let file = try decodeJSON(TokenizerJSON.self, from: tokenizerJSON, name: "tokenizer.json")
        try file.requireCLIP()
        var settings = settings
        settings.addedTokens = settings.addedTokens ?? file.addedTokens
        try self.init(
            vocabulary: file.model.vocab, merges: file.model.merges.rules, settings: settings,
            name: "tokenizer.json")
    }

    private init(
        vocabulary: [String: Int], merges: [MergeRule], settings: SpecialTokenSettings, name: String
    ) throws {
        try Self.checkIDs(of: vocabulary, name: name)
        self.vocabulary = vocabulary
        self.merges = merges
        addedTokens = try settings.resolved(vocabulary: vocabulary)
    }

    private static func checkIDs(of vocabulary: [String: Int], name: String) throws {
        var seen: Set<Int> = []
        seen.reserveCapacity(vocabulary.count)
        for (token, id) in vocabulary {
            guard (0...maxTokenID).contains(id) else {
                throw TokenizerError.malformedFile(
                    name: name, reason: "token “\(token)” has the id \(id), outside 0…\(maxTokenID)")
            }
            guard seen.insert(id).inserted else {
                throw TokenizerError.malformedFile(name: name, reason: "two tokens have the id \(id)")
            }
        }
    }
}
