internal import Glibc

/// The addresses that one client is taken to have: a single one of IPv4, all of a /64 of IPv6.
///
/// A /64 is what a single link gets (RFC 4291 §2.5.4), so whoever has one of its addresses can have any of them. Link-local
/// addresses all share theirs, but are written with a zone, and count one by one.
enum AddressBlock: Hashable {
    case host(String)
    case network([UInt8])

    init(of peer: SocketAddress) {
        var address = in6_addr()
        guard inet_pton(AF_INET6, peer.host, &address) == 1 else {
            self = .host(peer.host)
            return
        }
        self = .network(withUnsafeBytes(of: address) { Array($0.prefix(8)) })
    }
}
