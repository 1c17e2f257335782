/// Percent-decoding (RFC 3986 §2.1).
enum PercentEncoding {
    /// Decodes a name or a value of `application/x-www-form-urlencoded`.
    ///
    /// - Throws: a 400 if a `%` is not followed by two hexadecimal digits, or if the result holds a NUL or is not UTF-8.
    static func decode(form text: Substring) throws(HTTPProblem) -> String {
        try decode(text, plusIsSpace: true) { _ in false }
    }

    /// Decodes a path, but for `%2F` and `%25`.
    ///
    /// RFC 3986 §2.2: a slash that is encoded is another thing than one that is not, and a proxy may let the one through and
    /// not the other. With `%25` it could not be told any more which is which.
    ///
    /// - Throws: as for forms.
    static func decode(path text: Substring) throws(HTTPProblem) -> String {
        try decode(text, plusIsSpace: false, keeping: isKept)
    }

    /// Decodes all but the octets that `keeping` says are to stay as they are.
    private static func decode(
        _ text: Substring, plusIsSpace: Bool, keeping isKept: (UInt8) -> Bool
    ) throws(HTTPProblem) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let first = rest.next(), let high = first.hexValue, let second = rest.next(),
                    let low = second.hexValue
                else { throw malformed("A % in the request target is not followed by two hexadecimal digits.") }
                let octet = high << 4 | low
                bytes += isKept(octet) ? [byte, first, second] : [octet]
            case UInt8(ascii: "+") where plusIsSpace:
                bytes.append(.space)
            default:
                bytes.append(byte)
            }
        }
        guard !bytes.contains(0), let decoded = String(validating: bytes, as: UTF8.self) else {
            throw malformed("The request target, percent-decoded, must be UTF-8 without NUL.")
        }
        return decoded
    }

    private static func isKept(_ octet: UInt8) -> Bool { octet == UInt8(ascii: "/") || octet == UInt8(ascii: "%") }

    /// Encodes what can't stand in a decoded path as it is (RFC 3986 §3.3).
    static func encode(path: String) -> String {
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            if byte.isPath || byte == UInt8(ascii: "%") {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let hexDigits = Array("0123456789ABCDEF".utf8)

    private static func malformed(_ detail: String) -> HTTPProblem {
        .malformed(detail, code: "malformed_target")
    }
}
