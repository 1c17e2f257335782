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

    @Test("Without a limit nothing is counted") func unlimited() {
        var counts = AddressCounts(limit: nil)
        for _ in 0..<100 { counts.opened(SocketAddress(host: "192.0.2.1", port: 1)) }
        #expect(counts.verdict(on: SocketAddress(host: "192.0.2.1", port: 1)) == .serve)
    }
}
