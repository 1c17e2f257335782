public import HTTPServer

/// The proxies whose word about the client's address is taken, from `Forwarded` (RFC 7239) or `X-Forwarded-For`.
public struct TrustedProxies: Sendable {
    private let ranges: [AddressRange]
    private let trustsUnixSocket: Bool

    /// - Parameter ranges: Addresses, ranges such as `10.0.0.0/8`, and `unix` for whoever connects to a Unix-domain socket.
    /// - Returns: nil if one of them is neither.
    public init?(_ ranges: [String]) {
        let addresses = ranges.filter { $0 != "unix" }
        self.ranges = addresses.compactMap { AddressRange($0) }
        trustsUnixSocket = addresses.count < ranges.count
        guard self.ranges.count == addresses.count, !ranges.isEmpty else { return nil }
    }

    /// The client that a trusted peer speaks for; nil if the peer is not trusted, or says nothing that can be believed.
    ///
    /// Each proxy adds whom it was asked by at the end, so the list is read from there, and only as far as the one who speaks
    /// is trusted: what is further left may be the client's own invention. Where the two headers disagree, one of them has
    /// passed a proxy that does not know it, and neither is believed.
    public func client(behind peer: SocketAddress, headers: HTTPHeaders) -> String? {
        guard peer.path == nil ? IPAddress(peer.host).map(isTrusted) == true : trustsUnixSocket else { return nil }
        let forwarded = headers.values(of: "Forwarded").flatMap { ForwardedField($0)?.nodes ?? [nil] }
        let legacy = headers.values(of: "X-Forwarded-For").reversed().lazy.flatMap(Self.membersFromRight)
        var clients: [IPAddress?] = []
        if !forwarded.isEmpty { clients.append(outermost(forwarded.reversed())) }
        if legacy.contains(where: { _ in true }) { clients.append(outermost(legacy.map(Optional.some))) }
        guard let client = clients.first, clients.allSatisfy({ $0 == client }) else { return nil }
        return client?.description
    }

    private func isTrusted(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The last hop that a trusted one vouches for.
    ///
    /// - Parameter hops: From right to left; nil for what can't be read. Few are looked at, as a client can send thousands.
    private func outermost(_ hops: some Sequence<String?>) -> IPAddress? {
        var last: IPAddress?
        for hop in hops {
            guard let address = hop.flatMap(Self.address) else { break }
            last = address
            guard isTrusted(address) else { break }
        }
        return last
    }

    // MARK: - Syntax

    /// The members of a list from right to left, empty ones left out.
    private static func membersFromRight(_ list: String) -> some Sequence<String> {
        sequence(state: Substring(list).utf8) { rest in
            while let last = rest.last, isBetween(last) { rest.removeLast() }
            guard !rest.isEmpty else { return nil }
            let start = rest.lastIndex(of: UInt8(ascii: ",")).map(rest.index(after:)) ?? rest.startIndex
            defer { rest = rest[..<start] }
            return String(Substring(rest[start...].drop(while: isBetween)))
        }
    }

    private static func isBetween(_ byte: UInt8) -> Bool { ", \t".utf8.contains(byte) }

    /// An address with or without a port, IPv6 in brackets or, in X-Forwarded-For, as it is.
    private static func address(in text: String) -> IPAddress? {
        let bytes = Substring(text).utf8
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")), isPort(bytes[end...].dropFirst()) else {
                return nil
            }
            return IPAddress(Substring(bytes[..<end].dropFirst()))
        }
        if let address = IPAddress(text) { return address }
        guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), isPort(bytes[colon...]) else { return nil }
        return IPAddress(Substring(bytes[..<colon]))
    }

    /// Nothing, or a colon and a number.
    private static func isPort(_ bytes: Substring.UTF8View) -> Bool {
        guard let colon = bytes.first else { return true }
        let digits = bytes.dropFirst()
        return colon == UInt8(ascii: ":") && (1...5).contains(digits.count)
            && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
