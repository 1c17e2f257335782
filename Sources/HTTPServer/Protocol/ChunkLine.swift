/// The line before a chunk's data (RFC 9112 §7.1): its size in hexadecimal digits, then extensions.
struct ChunkLine {
    let size: Int
    let extensionBytes: Int

    init(parsing line: Span<UInt8>) throws(HTTPProblem) {
        var size = 0
        var digits = 0
        while digits < line.count, let value = line[digits].hexValue {
            // RFC 9112 §7.1: beware of overflow.
            guard digits < Self.maxSizeDigits else {
                throw .malformed("A chunk's size has too many digits.", code: Self.malformedCode)
            }
            size = size << 4 | Int(value)
            digits += 1
        }
        guard digits > 0, Self.areExtensions(line.extracting(digits...)) else {
            throw .malformed("A chunk must begin with its size in hexadecimal digits.", code: Self.malformedCode)
        }
        self.size = size
        extensionBytes = line.count - digits
    }

    static let maxSizeDigits = 15
    static let malformedCode = "malformed_chunk"

    /// chunk-ext (RFC 9112 §7.1.1): *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] ).
    ///
    /// They mean nothing here, but must be well-formed: loose ones let two parsers disagree on where a chunk begins.
    private static func areExtensions(_ text: Span<UInt8>) -> Bool {
        var position = 0
        while position < text.count {
            skipBlanks(text, &position)
            guard skip(UInt8(ascii: ";"), text, &position) else { return false }
            skipBlanks(text, &position)
            guard skipToken(text, &position) else { return false }
            let nameEnd = position
            skipBlanks(text, &position)
            guard skip(UInt8(ascii: "="), text, &position) else {
                position = nameEnd
                continue
            }
            skipBlanks(text, &position)
            guard skipToken(text, &position) || skipQuotedString(text, &position) else { return false }
        }
        return true
    }

    private static func skip(_ octet: UInt8, _ text: Span<UInt8>, _ position: inout Int) -> Bool {
        guard position < text.count, text[position] == octet else { return false }
        position += 1
        return true
    }

    private static func skipBlanks(_ text: Span<UInt8>, _ position: inout Int) {
        while position < text.count, text[position].isBlank { position += 1 }
    }

    private static func skipToken(_ text: Span<UInt8>, _ position: inout Int) -> Bool {
        let start = position
        while position < text.count, text[position].isToken { position += 1 }
        return position > start
    }

    /// quoted-string (RFC 9110 §5.6.4).
    private static func skipQuotedString(_ text: Span<UInt8>, _ position: inout Int) -> Bool {
        guard skip(UInt8(ascii: "\""), text, &position) else { return false }
        while position < text.count, text[position].isFieldContent {
            if skip(UInt8(ascii: "\""), text, &position) { return true }
            if skip(UInt8(ascii: "\\"), text, &position) {
                guard position < text.count, text[position].isFieldContent else { return false }
            }
            position += 1
        }
        return false
    }
}
