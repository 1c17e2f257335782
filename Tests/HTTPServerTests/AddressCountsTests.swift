import Testing

@testable import HTTPServer

@Suite struct AddressCountsTests {
    @Test("An address is served up to the limit, then refused, then dropped") func verdicts() {
        var counts = AddressCounts(limit: 2)
        var verdicts: [AddressCounts.Verdict] = []
        for _ in 0..<7 {
            verdicts.append(counts.verdict(on: SocketAddress(host: "192.0.2.1", port: 1)))
            counts.opened(SocketAddress(host: "192.0.2.1", port: 1))
        }
        #expect(verdicts == [.serve, .serve, .refuse, .refuse, .refuse, .refuse, .drop])
        #expect(counts.verdict(on: SocketAddress(host: "192.0.2.2", port: 1)) == .serve)
        #expect(counts.verdict(on: SocketAddress(path: "")) == .serve)
        for _ in 0..<6 { counts.closed(SocketAddress(host: "192.0.2.1", port: 1)) }
        #expect(counts.verdict(on: SocketAddress(host: "192.0.2.1", port: 1)) == .serve)
    }

    @Test(
        "An IPv6 address counts as its /64, a link-local one as itself",
        arguments: [
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true), ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
            ("::1", "::1", true), ("fe80::1%eth0", "fe80::2%eth0", false), ("192.0.2.1", "192.0.2.2", false),
        ])
    func networks(_ first: String, _ second: String, _ areOne: Bool) {
        var counts = AddressCounts(limit: 1)
        counts.opened(SocketAddress(host: first, port: 1))
        #expect(counts.verdict(on: SocketAddress(host: second, port: 2)) == (areOne ? .refuse : .serve))
        counts.closed(SocketAddress(host: second, port: 2))
        #expect(counts.verdict(on: SocketAddress(host: first, port: 3)) == (areOne ? .serve : .refuse))
    }

    @Test("Without a limit nothing is counted") func unlimited() {
        var counts = AddressCounts(limit: nil)
        for _ in 0..<100 { counts.opened(SocketAddress(host: "192.0.2.1", port: 1)) }
        #expect(counts.verdict(on: SocketAddress(host: "192.0.2.1", port: 1)) == .serve)
    }
}
