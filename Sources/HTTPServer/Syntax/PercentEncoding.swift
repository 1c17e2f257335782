/// Percent-decoding (RFC 3986 §2.1).
enum PercentEncoding {
    /// Decodes `text`; with `plusIsSpace` as in `application/x-www-form-urlencoded`.
    ///
    /// - Throws: a 400 if a `%` is not followed by two hexadecimal digits, or if the result holds a NUL or is not UTF-8.
    static func decode(_ text: Substring, plusIsSpace: Bool = false) throws(HTTPProblem) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
            return String(text)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.next()?.hexValue, let low = rest.next()?.hexValue else {
                    throw malformed("A % in the request target is not followed by two hexadecimal digits.")
                }
                bytes.append(high << 4 | low)
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

    /// Encodes what can't stand in a path as it is (RFC 3986 §3.3).
    static func encode(path: String) -> String {
        var bytes: [UInt8] = []
        for byte in path.utf8 {
            if byte.isPath {
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
