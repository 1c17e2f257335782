/// GPT-2's reversible spelling of bytes as printable characters, in which the vocabulary's tokens are written.
///
/// Printable Latin-1 bytes stand for themselves; the other 68 take the code points from U+0100 on, in order
/// (`bytes_to_unicode` in openai/gpt-2 `encoder.py`).
enum ByteLevelAlphabet {
    /// The character of each byte.
    static let characters: [Unicode.Scalar] = {
        var nextSubstitute: UInt16 = 0x100
        return (UInt8.min...UInt8.max).map { byte in
            if isPrintable(byte) { return Unicode.Scalar(byte) }
            defer { nextSubstitute += 1 }
            return Unicode.Scalar(nextSubstitute) ?? "\u{FFFD}"
        }
    }()

    /// The byte of each character.
    private static let bytes = Dictionary(
        uniqueKeysWithValues: zip(characters, UInt8.min...UInt8.max))

    /// The bytes a token spells, or its own UTF-8 when it is not written in the alphabet.
    static func bytes(of token: String) -> [UInt8] {
        var spelled: [UInt8] = []
        for scalar in token.unicodeScalars {
            guard let byte = bytes[scalar] else { return Array(token.utf8) }
            spelled.append(byte)
        }
        return spelled
    }

    private static func isPrintable(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: true
        default: false
        }
    }
}
