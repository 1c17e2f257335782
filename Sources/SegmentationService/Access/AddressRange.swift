/// Addresses that begin alike, written as `10.0.0.0/8` (RFC 4632 §3.1); one address alone is a range too.
struct AddressRange: Hashable {
    private let first: IPAddress
    private let prefix: Int

    init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let text = parts.first, let first = IPAddress(text) else { return nil }
        let width = first.isIPv4 ? 32 : 128
        guard let length = parts.count == 1 ? width : Int(parts[1]), (0...width).contains(length) else { return nil }
        self.first = first
        prefix = 128 - width + length
    }

    func contains(_ address: IPAddress) -> Bool {
        let whole = prefix / 8
        guard address.bytes[..<whole] == first.bytes[..<whole] else { return false }
        let rest = prefix % 8
        return rest == 0 || (address.bytes[whole] ^ first.bytes[whole]) >> UInt8(8 - rest) == 0
    }
}
