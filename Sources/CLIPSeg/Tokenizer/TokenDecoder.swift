/// From ids back to text.
struct TokenDecoder: Sendable {
    private struct Token {
        let text: String
        let isSpecial: Bool
    }

    private let tokens: [Int: Token]

    init(vocabulary: [String: Int], addedTokens: AddedVocabulary) {
        var tokens: [Int: Token] = [:]
        tokens.reserveCapacity(vocabulary.count)
        for (text, id) in vocabulary {
            tokens[id] = Token(text: text, isSpecial: false)
        }
        for entry in addedTokens.entries {
            tokens[entry.id] = Token(text: entry.text, isSpecial: entry.isSpecial)
        }
        self.tokens = tokens
    }

    func tokens(of ids: [Int]) -> [String] { ids.compactMap { tokens[$0]?.text } }

    func decode(_ ids: [Int], skipSpecialTokens: Bool) -> String {
        var bytes: [UInt8] = []
        for id in ids {
            guard let token = tokens[id], !(skipSpecialTokens && token.isSpecial) else { continue }
            bytes.append(contentsOf: ByteLevelAlphabet.bytes(of: token.text))
        }
        let text = String(decoding: bytes, as: UTF8.self)
        return trimmed(spacedAtEndsOfWords(text))
    }

    /// Working on bytes: as characters, a combining mark after `</w>` would hide its `>`.
    private func spacedAtEndsOfWords(_ text: String) -> String {
        let suffix = Array(BytePairEncoder.endOfWordSuffix.utf8)
        var spaced: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let first = rest.first {
            if rest.starts(with: suffix) {
                spaced.append(UInt8(ascii: " "))
                rest = rest.dropFirst(suffix.count)
            } else {
                spaced.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: spaced, as: UTF8.self)
    }

    private func trimmed(_ text: String) -> String {
        var scalars = Substring(text).unicodeScalars
        while let first = scalars.first, isPythonSpace(first) { scalars.removeFirst() }
        while let last = scalars.last, isPythonSpace(last) { scalars.removeLast() }
        return String(Substring(scalars))
    }

    /// What Python's `str.strip` removes: white space and the four information separators.
    private func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || ("\u{1C}"..."\u{1F}").contains(scalar)
    }
}
