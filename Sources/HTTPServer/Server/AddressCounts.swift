/// How many connections each address has, if anybody wants to know: of IPv6 each /64, as `AddressBlock` says. Unix-domain
/// peers, which all look alike, have no limit.
struct AddressCounts {
    /// What one address may have; `nil` if it does not matter, and nothing is counted.
    let limit: Int?
    private var counts: [AddressBlock: Int] = [:]

    init(limit: Int?) {
        self.limit = limit
    }

    /// Connections over the limit that an address may have only to be told so.
    private static let refused = 4

    /// What to do with one more connection.
    enum Verdict {
        case serve
        /// Tell why it is not served.
        case refuse
        /// Close it without a word: refusing takes a place too.
        case drop
    }

    func verdict(on peer: SocketAddress) -> Verdict {
        guard let limit, peer.path == nil else { return .serve }
        let count = counts[AddressBlock(of: peer)] ?? 0
        return count < limit ? .serve : count < limit + Self.refused ? .refuse : .drop
    }

    mutating func opened(_ peer: SocketAddress) {
        if limit != nil { counts[AddressBlock(of: peer), default: 0] += 1 }
    }

    mutating func closed(_ peer: SocketAddress) {
        guard limit != nil else { return }
        let block = AddressBlock(of: peer)
        guard let count = counts[block] else { return }
        counts[block] = count > 1 ? count - 1 : nil
    }
}
