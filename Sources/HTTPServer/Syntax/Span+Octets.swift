/// What the parsers need of a span of bytes: every access is bounds-checked, nothing is copied.
extension Span<UInt8> {
    /// Position of the first `octet` at or after `start`.
    func firstIndex(of octet: UInt8, from start: Int = 0) -> Int? {
        var index = start
        while index < count {
            if self[index] == octet { return index }
            index += 1
        }
        return nil
    }

    func allSatisfy(_ isIncluded: (UInt8) -> Bool) -> Bool {
        for index in indices where !isIncluded(self[index]) { return false }
        return true
    }

    /// What is left without SP and HTAB at the ends (RFC 9110 §5.6.3).
    func trimmedOfOptionalWhitespace(from start: Int = 0) -> Range<Int> {
        var start = start
        var end = count
        while start < end, self[start].isBlank { start += 1 }
        while end > start, self[end - 1].isBlank { end -= 1 }
        return start..<end
    }

    /// Each byte as the character of that number.
    var latin1Text: String {
        guard !allSatisfy({ $0 < 0x80 }) else { return text }
        var scalars = String.UnicodeScalarView()
        for index in indices { scalars.append(Unicode.Scalar(self[index])) }
        return String(scalars)
    }

    /// The bytes read as UTF-8, ill-formed sequences replaced by U+FFFD.
    var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}

extension [UInt8] {
    mutating func append(_ span: Span<UInt8>) {
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
