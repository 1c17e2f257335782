/// The added tokens with their ids, and the search for them in a text.
struct AddedVocabulary: Sendable {
    /// A stretch of text between added tokens, or one of them.
    enum Section {
        case text(ArraySlice<Unicode.Scalar>)
        case addedToken(id: Int)
    }

    /// An added token as it is decoded.
    struct Entry {
        let id: Int
        let text: String
        let isSpecial: Bool
    }

    /// The tokens that have no id in the vocabulary and got the next free ones.
    let newTokenCount: Int

    /// The largest id of an added token.
    var largestID: Int { tokens.keys.max() ?? 0 }

    private let ids: [String: Int]
    private let tokens: [Int: AddedToken]
    private let specialContents: Set<String>
    private let rawMatcher: AddedTokenMatcher
    private let normalizedMatcher: AddedTokenMatcher

    /// - Parameters:
    ///   - declared: the tokens in order; a later one replaces an earlier one of the same content.
    ///   - vocabulary: the ids of tokens that the vocabulary has already.
    init(_ declared: [AddedToken], vocabulary: [String: Int]) {
        var ids: [String: Int] = [:]
        var tokens: [Int: AddedToken] = [:]
        var nextID = vocabulary.count
        for token in declared where !token.content.isEmpty {
            let knownID = vocabulary[token.content] ?? ids[token.content]
            let id = knownID ?? nextID
            if knownID == nil { nextID += 1 }
            ids[token.content] = id
            tokens[id] = token
        }
        self.ids = ids
        self.tokens = tokens
        newTokenCount = nextID - vocabulary.count
        specialContents = Set(declared.filter(\.isSpecial).map(\.content))
        rawMatcher = AddedTokenMatcher(
            tokens.filter { !$0.value.isNormalized }.map { id, token in
                AddedTokenMatcher.Pattern(id: id, token: token, scalars: Array(token.content.unicodeScalars))
            })
        normalizedMatcher = AddedTokenMatcher(
            tokens.filter { $0.value.isNormalized }.map { id, token in
                AddedTokenMatcher.Pattern(id: id, token: token, scalars: Self.normalized(token.content))
            })
    }

    /// The id of the added token of this content.
    func id(of content: String) -> Int? {
        ids[content]
    }

    /// The added tokens as they are decoded: one looked for in normalised text comes back normalised.
    var entries: [Entry] {
        tokens.map { id, token in
            var text = token.content
            if token.isNormalized {
                text = String(String.UnicodeScalarView(Self.normalized(token.content)))
            }
            return Entry(id: id, text: text, isSpecial: specialContents.contains(text))
        }
    }

    /// Finds the tokens that are looked for in the text as typed.
    func sections(ofRawText text: ArraySlice<Unicode.Scalar>) -> [Section] {
        rawMatcher.sections(of: text)
    }

    /// Finds the tokens that are looked for in normalised text.
    func sections(ofNormalizedText text: ArraySlice<Unicode.Scalar>) -> [Section] {
        normalizedMatcher.sections(of: text)
    }

    private static func normalized(_ content: String) -> [Unicode.Scalar] {
        TextNormalization.normalize(Array(content.unicodeScalars)[...])
    }
}
