import HTTPServer
import Testing

@testable import SegmentationService

@Suite struct TrustedProxiesTests {
    @Test(
        "A range holds the addresses that begin as it does",
        arguments: [
            ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.0/9", "10.128.0.1", false),
            ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false), ("0.0.0.0/0", "203.0.113.1", true),
            ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:1::1", true),
            ("2001:db8::/33", "2001:db8:8000::1", false), ("::/0", "10.0.0.1", true),
            ("10.0.0.0/8", "::ffff:10.0.0.1", true),
        ])
    func ranges(_ range: String, _ address: String, _ isInside: Bool) throws {
        #expect(try #require(AddressRange(range)).contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(
        "What is no range is refused",
        arguments: ["", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0/8", "::1/129", "localhost", "1.2.3.4/8/8"])
    func malformed(_ range: String) {
        #expect(TrustedProxies([range]) == nil)
    }

    struct Case: CustomTestStringConvertible {
        var peer = SocketAddress(host: "10.0.0.1", port: 1)
        var headers: HTTPHeaders
        var client: String?
        var testDescription: String { "\(peer) \(headers.map { "\($0.name): \($0.value)" })" }
    }

    private static let cases = [
        Case(headers: [:], client: nil),
        Case(headers: ["X-Forwarded-For": "203.0.113.9"], client: "203.0.113.9"),
        // What the client made up stands to the left of what the proxy has seen.
        Case(headers: ["X-Forwarded-For": "1.1.1.1, 203.0.113.9"], client: "203.0.113.9"),
        Case(headers: ["X-Forwarded-For": "1.1.1.1, 203.0.113.9, 10.0.0.2"], client: "203.0.113.9"),
        Case(headers: ["X-Forwarded-For": "1.1.1.1", "x-forwarded-for": "203.0.113.9"], client: "203.0.113.9"),
        Case(headers: ["X-Forwarded-For": "10.0.0.3, 10.0.0.2"], client: "10.0.0.3"),
        Case(headers: ["X-Forwarded-For": "203.0.113.9:4711"], client: "203.0.113.9"),
        Case(headers: ["X-Forwarded-For": "2001:db8::9"], client: "2001:db8::9"),
        Case(headers: ["X-Forwarded-For": "203.0.113.9, unknown"], client: nil),
        Case(headers: ["X-Forwarded-For": "<script>"], client: nil),
        Case(headers: ["Forwarded": "for=203.0.113.9;proto=https"], client: "203.0.113.9"),
        Case(headers: ["Forwarded": "proto=https; For=\"[2001:db8::9]:4711\""], client: "2001:db8::9"),
        Case(headers: ["Forwarded": "for=1.1.1.1, for=203.0.113.9;by=\"a,b\", for=10.0.0.2"], client: "203.0.113.9"),
        Case(headers: ["Forwarded": "for=_hidden"], client: nil),
        Case(headers: ["Forwarded": "proto=https"], client: nil),
        Case(headers: ["Forwarded": ";=;,,for="], client: nil),
        // What a client has left open must not swallow what a proxy adds to its line, nor pass for it.
        Case(headers: ["Forwarded": #"for="1.1.1.1:, for=203.0.113.9"#], client: nil),
        Case(headers: ["Forwarded": #"for="1.1.1.1:, for="[2001:db8::9]""#], client: nil),
        Case(headers: ["Forwarded": #"for="1.1.1.1:, for="203.0.113.9";by="a""#], client: nil),
        Case(headers: ["Forwarded": #"for="1.1.1.1\, for=203.0.113.9"#], client: nil),
        Case(
            headers: ["Forwarded": #"for="1.1.1.1:, for=203.0.113.9"#, "X-Forwarded-For": "1.1.1.1"], client: nil),
        Case(headers: ["Forwarded": #"for="1.1.1.1:"#, "forwarded": "for=203.0.113.9"], client: "203.0.113.9"),
        Case(headers: ["Forwarded": #"by="a\", for=1.1.1.1, \"b";for=203.0.113.9"#], client: "203.0.113.9"),
        Case(headers: ["Forwarded": #"for=1.1.1.1 for=203.0.113.9"#], client: nil),
        Case(headers: ["Forwarded": #"for=1.1.1.1;for=203.0.113.9"#], client: nil),
        Case(headers: ["Forwarded": #"for="203.0.113.9, 1.1.1.1""#], client: nil),
        Case(headers: ["Forwarded": #"for="203.0.113.9:1.1.1.1""#], client: nil),
        Case(headers: ["Forwarded": #"for="[2001:db8::9]1.1.1.1""#], client: nil),
        Case(headers: ["Forwarded": #"for="[2001:db8::9""#], client: nil),
        Case(headers: ["Forwarded": #"for="203.0.113.9:""#], client: nil),
        Case(headers: ["X-Forwarded-For": "203.0.113.9:1.1.1.1"], client: nil),
        Case(headers: ["X-Forwarded-For": "203.0.113.9 ,\t, "], client: "203.0.113.9"),
        Case(headers: ["X-Forwarded-For": " , "], client: nil),
        Case(headers: ["X-Forwarded-For": String(repeating: "1,", count: 5000) + "203.0.113.9"], client: "203.0.113.9"),
        Case(headers: ["Forwarded": "for=203.0.113.9", "X-Forwarded-For": "203.0.113.9"], client: "203.0.113.9"),
        Case(headers: ["Forwarded": "for=1.1.1.1", "X-Forwarded-For": "203.0.113.9"], client: nil),
        Case(
            peer: SocketAddress(host: "203.0.113.1", port: 1), headers: ["X-Forwarded-For": "203.0.113.9"], client: nil),
        Case(peer: SocketAddress(path: ""), headers: ["X-Forwarded-For": "203.0.113.9"], client: "203.0.113.9"),
    ]

    @Test("The client is whom the last trusted proxy names", arguments: cases)
    func client(_ example: Case) throws {
        let proxies = try #require(TrustedProxies(["10.0.0.0/8", "unix"]))
        #expect(proxies.client(behind: example.peer, headers: example.headers) == example.client)
    }

    @Test("A Unix-domain peer is trusted only if that is said") func unixPeer() throws {
        let proxies = try #require(TrustedProxies(["0.0.0.0/0"]))
        #expect(proxies.client(behind: SocketAddress(path: ""), headers: ["X-Forwarded-For": "203.0.113.9"]) == nil)
    }
}
