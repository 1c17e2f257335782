/// A token that is found in the text as it is written, before the text is split into words, and how it is found.
struct AddedToken: Equatable, Sendable {
    /// What the text must contain.
    let content: String
    /// Whether it is left out when decoding without special tokens.
    var isSpecial = true
    /// Whether it is looked for, normalised itself, in the normalised text, rather than in the text as typed.
    var isNormalized = false
    /// Whether it must not touch letters, digits or the like on either side.
    var isSingleWord = false
    /// Whether it swallows the white space before it.
    var stripsLeft = false
    /// Whether it swallows the white space after it.
    var stripsRight = false
}

/// The flags as they stand in `tokenizer.json`, `tokenizer_config.json` and `special_tokens_map.json`, where a token is
/// an object or just its content.
struct AddedTokenDeclaration: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id, content, special, normalized, lstrip, rstrip
        case singleWord = "single_word"
    }

    private(set) var id: Int?
    let content: String
    private var special: Bool?
    private var normalized: Bool?
    private var singleWord: Bool?
    private var lstrip: Bool?
    private var rstrip: Bool?

    init(from decoder: any Decoder) throws {
        if let content = try? decoder.singleValueContainer().decode(String.self) {
            self.content = content
            self.special = true
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decodeIfPresent(Int.self, forKey: .id)
        content = try container.decode(String.self, forKey: .content)
        special = try container.decodeIfPresent(Bool.self, forKey: .special)
        normalized = try container.decodeIfPresent(Bool.self, forKey: .normalized)
        singleWord = try container.decodeIfPresent(Bool.self, forKey: .singleWord)
        lstrip = try container.decodeIfPresent(Bool.self, forKey: .lstrip)
        rstrip = try container.decodeIfPresent(Bool.self, forKey: .rstrip)
    }

    /// The declaration under an id that the file gives elsewhere.
    func with(id: Int) -> AddedTokenDeclaration {
        var declaration = self
        declaration.id = id
        return declaration
    }

    /// The token, with the reference's defaults for what is not said.
    ///
    /// - Parameter isSpecial: overrides the declaration.
    func token(isSpecial override: Bool? = nil) -> AddedToken {
        let isSpecial = override ?? special ?? false
        return AddedToken(
            content: content, isSpecial: isSpecial, isNormalized: normalized ?? !(special ?? false),
            isSingleWord: singleWord ?? false, stripsLeft: lstrip ?? false, stripsRight: rstrip ?? false)
    }
}
