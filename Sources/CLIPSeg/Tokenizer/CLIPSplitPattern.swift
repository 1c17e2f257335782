/// CLIP's split of a normalised text into words, written out by hand. As a regular expression it is
///
///     <\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+
///
/// and what it does not match, white space, is dropped.
enum CLIPSplitPattern {
    /// The words of `text`, in order.
    static func words(in text: ArraySlice<Unicode.Scalar>) -> [ArraySlice<Unicode.Scalar>] {
        var words: [ArraySlice<Unicode.Scalar>] = []
        var rest = text
        while let first = rest.first {
            if let marker = marker(startingAt: rest) {
                // The pattern keeps a marker in one piece, but then GPT-2's pattern of the byte-level step cuts its
                // brackets off. The piece still matters: it ends where the marker does.
                words.append(rest.prefix(2))
                words.append(marker.dropFirst(2).dropLast(2))
                words.append(marker.suffix(2))
                rest = rest[marker.endIndex...]
            } else if let contraction = contraction(startingAt: rest) {
                words.append(contraction)
                rest = rest[contraction.endIndex...]
            } else {
                let kind = CharacterKind(first)
                let word = kind == .number ? rest.prefix(1) : rest.prefix { CharacterKind($0) == kind }
                if kind != .space { words.append(word) }
                rest = rest[word.endIndex...]
            }
        }
        return words
    }

    private static let markers = [SpecialToken.startOfText, SpecialToken.endOfText].map { Array($0.unicodeScalars) }
    private static let contractions = ["s", "t", "re", "ve", "m", "ll", "d"].map { Array("'\($0)".unicodeScalars) }

    private static func marker(startingAt text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar>? {
        text.first == "<" ? prefix(of: text, from: markers) : nil
    }

    private static func contraction(startingAt text: ArraySlice<Unicode.Scalar>) -> ArraySlice<Unicode.Scalar>? {
        text.first == "'" ? prefix(of: text, from: contractions) : nil
    }

    private static func prefix(
        of text: ArraySlice<Unicode.Scalar>, from literals: [[Unicode.Scalar]]
    ) -> ArraySlice<Unicode.Scalar>? {
        literals.first { text.starts(with: $0) }.map { text.prefix($0.count) }
    }
}

/// What the split pattern tells apart: `\p{L}`, `\p{N}`, `\s`, and the rest.
enum CharacterKind {
    case letter, number, space, other

    /// The Unicode version that Oniguruma, the reference's regular-expression engine, knows. What came later is
    /// neither letter nor number to it.
    private static let referenceUnicodeVersion = (major: 16, minor: 0)

    init(_ scalar: Unicode.Scalar) {
        self = scalar.isASCII ? Self.ofASCII(scalar) : Self.ofAny(scalar)
    }

    private static func ofASCII(_ scalar: Unicode.Scalar) -> CharacterKind {
        switch scalar {
        case "a"..."z", "A"..."Z": .letter
        case "0"..."9": .number
        case " ", "\t"..."\r": .space
        default: .other
        }
    }

    private static func ofAny(_ scalar: Unicode.Scalar) -> CharacterKind {
        let properties = scalar.properties
        if properties.isWhitespace { return .space }
        guard let age = properties.age, age <= referenceUnicodeVersion else { return .other }
        return switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: .letter
        case .decimalNumber, .letterNumber, .otherNumber: .number
        default: .other
        }
    }
}
