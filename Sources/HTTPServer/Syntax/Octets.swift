/// The character classes of RFC 9110 §5.5, §5.6 and RFC 3986 §2, over single bytes.
extension UInt8 {
    static let cr = UInt8(ascii: "\r")
    static let lf = UInt8(ascii: "\n")
    static let space = UInt8(ascii: " ")
    static let tab = UInt8(ascii: "\t")

    var isDigit: Bool { self &- 0x30 < 10 }

    var isAlpha: Bool { (self | 0x20) &- 0x61 < 26 }

    /// SP or HTAB, the octets of optional white space (RFC 9110 §5.6.3).
    var isBlank: Bool { self == .space || self == .tab }

    /// VCHAR: visible ASCII.
    var isVisible: Bool { self > 0x20 && self < 0x7F }

    /// tchar (RFC 9110 §5.6.2).
    var isToken: Bool {
        if isDigit || isAlpha { return true }
        switch self {
        case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E, 0x5F, 0x60, 0x7C, 0x7E: return true
        default: return false
        }
    }

    /// What a field value may hold (RFC 9110 §5.5): visible ASCII, obs-text, SP and HTAB.
    var isFieldContent: Bool { self >= 0x20 && self != 0x7F || self == .tab }

    /// unreserved / sub-delims (RFC 3986 §2.2, §2.3): what a registered name is made of, besides percent-encodings.
    var isRegisteredName: Bool {
        if isDigit || isAlpha { return true }
        switch self {
        case 0x21, 0x24, 0x26...0x2E, 0x3B, 0x3D, 0x5F, 0x7E: return true
        default: return false
        }
    }

    /// pchar and "/" (RFC 3986 §3.3): what a path is made of, besides percent-encodings.
    var isPath: Bool {
        isRegisteredName || self == UInt8(ascii: ":") || self == UInt8(ascii: "@") || self == UInt8(ascii: "/")
    }

    /// The value of a hexadecimal digit.
    var hexValue: UInt8? {
        if isDigit { return self &- 0x30 }
        let letter = (self | 0x20) &- 0x61
        return letter < 6 ? letter &+ 10 : nil
    }

    /// ASCII letters in lower case, all else unchanged.
    var lowercased: UInt8 { self &- 0x41 < 26 ? self | 0x20 : self }
}

extension StringProtocol {
    /// Whether two strings are the same but for the case of ASCII letters.
    func equalsIgnoringCase(_ other: some StringProtocol) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8) { $0.lowercased == $1.lowercased }
    }

    /// The string without SP and HTAB at its ends.
    func trimmingOptionalWhitespace() -> String {
        var rest = Substring(self).utf8
        while let first = rest.first, first.isBlank { rest.removeFirst() }
        while let last = rest.last, last.isBlank { rest.removeLast() }
        return String(Substring(rest))
    }

    /// What stands between the octets of that value, empty pieces included.
    ///
    /// Swift compares characters and strings in a normal form, in time quadratic in the combining marks of one character:
    /// what a stranger sends is taken apart by octets, and measured before it is compared or hashed.
    func split(atOctet separator: UInt8) -> [Substring] {
        Substring(self).utf8.split(separator: separator, omittingEmptySubsequences: false).map(Substring.init)
    }

    /// Whether this is a token (RFC 9110 §5.6.2).
    var isToken: Bool { !isEmpty && utf8.allSatisfy(\.isToken) }
}
