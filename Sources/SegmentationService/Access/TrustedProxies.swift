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
        let forwarded = headers.values(of: "Forwarded").flatMap(Self.elements).map(Self.address)
        let legacy = headers.list(of: "X-Forwarded-For").map { Self.address(in: $0) }
        let clients = [forwarded, legacy].filter { !$0.isEmpty }.map(outermost)
        guard let client = clients.first, clients.allSatisfy({ $0 == client }) else { return nil }
        return client?.description
    }

    private func isTrusted(_ address: IPAddress) -> Bool { ranges.contains { $0.contains(address) } }

    /// The last hop that a trusted one vouches for.
    private func outermost(_ hops: [IPAddress?]) -> IPAddress? {
        var last: IPAddress?
        for hop in hops.reversed() {
            guard let hop else { break }
            last = hop
            guard isTrusted(hop) else { break }
        }
        return last
    }

    // MARK: - Syntax

    /// The elements of a list, of which a quoted string may hold commas.
    private static func elements(_ value: String) -> [Substring] {
        var isQuoted = false
        return value.split(omittingEmptySubsequences: true) { character in
            if character == "\"" { isQuoted.toggle() }
            return character == "," && !isQuoted
        }
    }

    /// The address in `for=` of an element, if it has one that is an address.
    private static func address(of element: Substring) -> IPAddress? {
        for pair in element.split(separator: ";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = parts[0].filter { $0 != " " && $0 != "\t" }
            guard parts.count == 2, name.lowercased() == "for" else { continue }
            return address(in: parts[1].filter { $0 != "\"" && $0 != " " && $0 != "\t" })
        }
        return nil
    }

    /// An address with or without a port, IPv6 in brackets or, in X-Forwarded-For, as it is.
    private static func address(in text: String) -> IPAddress? {
        if text.first == "[" { return IPAddress(text.dropFirst().prefix { $0 != "]" }) }
        return IPAddress(text) ?? IPAddress(text.prefix { $0 != ":" })
    }
}
