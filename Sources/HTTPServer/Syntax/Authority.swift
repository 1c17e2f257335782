/// Validates `uri-host [ ":" port ]`, the value of Host (RFC 9110 §7.2) and the authority of an absolute-form target.
///
/// User information is refused: RFC 9110 §4.2.4 lets a server treat it as an error, as it serves to disguise an authority.
enum Authority {
    static func isValid(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        let hostEnd: Int
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), isIPv6(bytes[1..<close]) else { return false }
            hostEnd = close + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.endIndex
            guard isRegisteredName(bytes[..<hostEnd]) else { return false }
        }
        let rest = bytes[hostEnd...]
        return rest.isEmpty || rest.first == UInt8(ascii: ":") && hostEnd > 0 && isPort(rest.dropFirst())
    }

    /// reg-name (RFC 3986 §3.2.2), of which an IPv4 address is a special case; may be empty.
    private static func isRegisteredName(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes.makeIterator()
        while let byte = rest.next() {
            if byte == UInt8(ascii: "%") {
                guard rest.next()?.hexValue != nil, rest.next()?.hexValue != nil else { return false }
            } else if !byte.isRegisteredName {
                return false
            }
        }
        return true
    }

    /// IPv6address (RFC 3986 §3.2.2): groups of up to four hexadecimal digits, one `::` at most, an IPv4 address last.
    private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard bytes.allSatisfy({ $0 < 0x80 }) else { return false }
        let text = String(decoding: bytes, as: UTF8.self)
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        var groups = 0
        for (position, half) in halves.enumerated() where !half.isEmpty {
            let pieces = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, piece) in pieces.enumerated() {
                let isLast = position == halves.count - 1 && index == pieces.count - 1
                if isLast, isIPv4(piece) {
                    groups += 2
                } else if (1...4).contains(piece.utf8.count), piece.utf8.allSatisfy({ $0.hexValue != nil }) {
                    groups += 1
                } else {
                    return false
                }
            }
        }
        return halves.count == 1 ? groups == 8 : halves.count == 2 && groups < 8
    }

    private static func isIPv4(_ text: Substring) -> Bool {
        let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers.allSatisfy { $0.utf8.allSatisfy(\.isDigit) && UInt8($0) != nil }
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.isEmpty || bytes.allSatisfy(\.isDigit) && UInt16(String(decoding: bytes, as: UTF8.self)) != nil
    }
}
