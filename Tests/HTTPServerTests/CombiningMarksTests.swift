import Testing

@testable import HTTPServer

/// Swift's time to compare strings is quadratic in the combining marks of one character: seconds for those that a
/// request can hold, minutes for these.
@Suite(.timeLimit(.minutes(5))) struct CombiningMarksTests {
    private let marks = String(repeating: "\u{345}", count: 500_000) + String(repeating: "\u{323}", count: 500_000)

    @Test(
        "Header values of a million combining marks are read in linear time",
        arguments: ["Accept", "Connection", "Expect", "Host", "Transfer-Encoding", "Content-Length"])
    func headers(name: String) {
        var limits = HTTPLimits()
        limits.maxHeaderBytes = 1 << 22
        for value in ["a\(marks)", "[\(marks)]"] {
            let request = "GET / HTTP/1.1\r\n\(name): \(value)\r\n" + (name == "Host" ? "" : "Host: h\r\n") + "\r\n"
            let events = parse([Array(request.utf8)[...]], limits: limits)
            #expect(events.count == 1)
        }
    }

    @Test("Octets of header values beyond ASCII stand for themselves, so that nothing combines")
    func opaque() {
        let request = Array("GET / HTTP/1.1\r\nHost: h\r\nA: e".utf8) + [0xCC, 0x81] + Array("\r\n\r\n".utf8)
        #expect(parse([request[...]]) == ["GET / [Host=h|A=e\u{CC}\u{81}] "])
    }

    @Test("A path of a million combining marks is routed in linear time")
    func path() throws {
        var router = Router()
        router.on(.get, "/a") { _ in .now(HTTPResponse(text: "")) }
        var request = try HTTPRequest(method: .get, target: "/a")
        request.path += marks
        #expect(!router.knows(path: request.path))
        guard case .now(let response) = router.reply(to: request) else {
            Issue.record("no answer at once")
            return
        }
        #expect(response.status == .notFound)
    }

    @Test("Blanks are trimmed by octets, and what combines with them stays")
    func trimming() {
        #expect(" \u{301}x \t".trimmingOptionalWhitespace().unicodeScalars.elementsEqual("\u{301}x".unicodeScalars))
    }
}
