/// Finds added tokens in a text: at each place the longest, from left to right, never overlapping.
struct AddedTokenMatcher: Sendable {
    /// One token and the scalars by which it is found.
    struct Pattern {
        let id: Int
        let token: AddedToken
        let scalars: [Unicode.Scalar]
    }

    /// The patterns by their first scalar, the longest first.
    private let patterns: [Unicode.Scalar: [Pattern]]

    init(_ patterns: [Pattern]) {
        let found = patterns.filter { !$0.scalars.isEmpty }.sorted { $0.scalars.count > $1.scalars.count }
        self.patterns = Dictionary(grouping: found) { $0.scalars[0] }
    }

    func sections(of text: ArraySlice<Unicode.Scalar>) -> [AddedVocabulary.Section] {
        guard !patterns.isEmpty else { return [.text(text)] }
        var sections: [AddedVocabulary.Section] = []
        var sectionStart = text.startIndex
        var position = text.startIndex
        while position < text.endIndex {
            guard let pattern = pattern(at: text[position...]) else {
                position += 1
                continue
            }
            let match = position..<position + pattern.scalars.count
            position = match.upperBound
            if pattern.token.isSingleWord, !isSingleWord(match, in: text) { continue }

            let stripped = strip(match, of: pattern.token, in: text[sectionStart...])
            if sectionStart < stripped.lowerBound {
                sections.append(.text(text[sectionStart..<stripped.lowerBound]))
            }
            sections.append(.addedToken(id: pattern.id))
            sectionStart = stripped.upperBound
        }
        if sectionStart < text.endIndex { sections.append(.text(text[sectionStart...])) }
        return sections
    }

    private func pattern(at text: ArraySlice<Unicode.Scalar>) -> Pattern? {
        text.first.flatMap { patterns[$0] }?.first { text.starts(with: $0.scalars) }
    }

    private func isSingleWord(_ match: Range<Int>, in text: ArraySlice<Unicode.Scalar>) -> Bool {
        let before = text[..<match.lowerBound].last
        let after = text[match.upperBound...].first
        return before.map(isWordCharacter) != true && after.map(isWordCharacter) != true
    }

    private func strip(
        _ match: Range<Int>, of token: AddedToken, in text: ArraySlice<Unicode.Scalar>
    ) -> Range<Int> {
        var (start, end) = (match.lowerBound, match.upperBound)
        while token.stripsLeft, start > text.startIndex, text[start - 1].properties.isWhitespace { start -= 1 }
        while token.stripsRight, end < text.endIndex, text[end].properties.isWhitespace { end += 1 }
        return start..<end
    }

    /// `\w` of Unicode Technical Standard 18, annex C.
    private func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        if properties.isAlphabetic || properties.isJoinControl { return true }
        return switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: true
        default: false
        }
    }
}
