/// What `tokenizer_config.json` and `special_tokens_map.json` say about added tokens.
struct SpecialTokenSettings: Decodable {
    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// The tokens that have a role, in the order in which the reference adds them.
    private static let roles = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ]
    private static let defaults = [
        "bos_token": SpecialToken.startOfText, "eos_token": SpecialToken.endOfText,
        "unk_token": SpecialToken.endOfText, "pad_token": SpecialToken.endOfText,
    ]

    /// Declared with ids, in `tokenizer.json` or under `added_tokens_decoder`.
    var addedTokens: [AddedTokenDeclaration]?
    private var tokensByRole: [String: AddedTokenDeclaration] = [:]
    private var extraTokens: [AddedTokenDeclaration] = []

    /// The settings when no file says anything.
    init() {}

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        for role in Self.roles {
            tokensByRole[role] = try container.decodeIfPresent(
                AddedTokenDeclaration.self, forKey: Key(stringValue: role))
        }
        for key in ["extra_special_tokens", "additional_special_tokens"].map(Key.init) where extraTokens.isEmpty {
            extraTokens = try Self.extraTokens(in: container, forKey: key)
        }
        addedTokens = try container.decodeIfPresent(
            [String: AddedTokenDeclaration].self, forKey: Key(stringValue: "added_tokens_decoder")
        )?.map { id, token in
            guard let id = Int(id) else {
                throw DecodingError.dataCorruptedError(
                    forKey: Key(stringValue: "added_tokens_decoder"), in: container,
                    debugDescription: "“\(id)” is not a token id")
            }
            return token.with(id: id)
        }
    }

    /// A list of tokens, or an object whose values they are.
    private static func extraTokens(
        in container: KeyedDecodingContainer<Key>, forKey key: Key
    ) throws -> [AddedTokenDeclaration] {
        guard container.contains(key) else { return [] }
        if let list = try? container.decodeIfPresent([AddedTokenDeclaration].self, forKey: key) { return list }
        let named = try container.decodeIfPresent([String: AddedTokenDeclaration].self, forKey: key) ?? [:]
        return named.sorted { $0.key < $1.key }.map(\.value)
    }

    /// Gives the tokens of `other` precedence.
    mutating func override(by other: SpecialTokenSettings) {
        tokensByRole.merge(other.tokensByRole) { $1 }
        if !other.extraTokens.isEmpty { extraTokens = other.extraTokens }
    }

    /// The added tokens in the order in which they are added: the later of two with one content counts.
    ///
    /// - Throws: `TokenizerError` when they contradict the vocabulary or are not CLIP's.
    func resolved(vocabulary: [String: Int]) throws -> [AddedToken] {
        try requireCLIP()
        let declared = (addedTokens ?? []).sorted { ($0.id ?? 0) < ($1.id ?? 0) }
        try checkIDs(of: declared, vocabulary: vocabulary)
        let contents = Set(declared.map(\.content))
        for token in [SpecialToken.startOfText, SpecialToken.endOfText] {
            guard vocabulary[token] != nil || contents.contains(token) else {
                throw TokenizerError.notCLIP(reason: "the vocabulary lacks \(token)")
            }
        }
        let named = Self.roles.compactMap { role in
            tokensByRole[role]?.token(isSpecial: true) ?? Self.defaults[role].map { AddedToken(content: $0) }
        }
        let undeclared = (named + extraTokens.map { $0.token(isSpecial: true) }).filter {
            !contents.contains($0.content)
        }
        return declared.map { $0.token() } + undeclared
    }

    private func requireCLIP() throws {
        for role in ["bos_token", "eos_token", "unk_token"] {
            guard let expected = Self.defaults[role], let found = tokensByRole[role]?.content else { continue }
            guard found == expected else {
                throw TokenizerError.notCLIP(reason: "its \(role) is \(found) where CLIP has \(expected)")
            }
        }
    }

    /// Declared ids must be those of the vocabulary or, for tokens it lacks, the next free ones.
    private func checkIDs(of declared: [AddedTokenDeclaration], vocabulary: [String: Int]) throws {
        var nextID = vocabulary.count
        for token in declared {
            let knownID = vocabulary[token.content]
            guard token.id == knownID ?? nextID else {
                throw TokenizerError.malformedFile(
                    name: "with added tokens",
                    reason: "“\(token.content)” has the id \(token.id ?? -1) instead of \(knownID ?? nextID)")
            }
            if knownID == nil { nextID += 1 }
        }
    }
}
