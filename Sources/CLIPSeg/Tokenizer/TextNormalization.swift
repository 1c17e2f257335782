/// What CLIP's tokenizer does to a text before it looks for words: canonical composition (NFC), one space for each run
/// of white space, lower case.
enum TextNormalization {
    static func normalize(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
        var normalized: [Unicode.Scalar] = []
        normalized.reserveCapacity(text.count)
        var isInSpace = false
        for scalar in canonicallyComposed(text) {
            let isSpace = CharacterKind(scalar) == .space
            if isSpace {
                if !isInSpace { normalized.append(" ") }
            } else {
                appendLowercase(of: scalar, to: &normalized)
            }
            isInSpace = isSpace
        }
        return normalized
    }

    /// Maps character by character, without a view of its neighbours: a final Σ becomes σ, never ς.
    private static func appendLowercase(of scalar: Unicode.Scalar, to text: inout [Unicode.Scalar]) {
        switch scalar {
        case "A"..."Z": text.append(Unicode.Scalar(UInt8(scalar.value) | 0x20))
        case "\0"..."\u{7F}": text.append(scalar)
        default: text.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
    }
}
