import Testing

@testable import HTTPServer

/// Requests that are refused for their head, before the body is there.
@Suite struct InspectionTests {
    private static let refusesDoor: HTTPInspection = { head in
        head.path == "/door" ? HTTPProblem(status: .unauthorized, code: "no_key", detail: "Show a key.").response : nil
    }

    private static func post(_ path: String = "/door", _ fields: String...) -> String {
        "POST \(path) HTTP/1.1\r\nHost: a\r\n" + fields.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    private var connection = ScriptedConnection(inspection: refusesDoor)

    @Test(
        "The refusal comes instead of 100, the connection closes, and the body is dropped",
        arguments: ["Content-Length: 5", "Transfer-Encoding: chunked"])
    mutating func refuses(_ framing: String) {
        connection.receive(Self.post("/door", framing, "Expect: 100-continue", "X-Request-Id: mine"))
        #expect(connection.statuses == ["401"])
        #expect(!connection.sent.contains("100 Continue"))
        #expect(connection.sent.contains("Connection: close\r\n"))
        #expect(connection.sent.contains("X-Request-Id: mine\r\n"))
        #expect(connection.hasFinishedSending && !connection.isClosed)
        connection.receive("hello" + Self.post())
        #expect(connection.statuses == ["401"] && connection.requests.isEmpty)
        connection.receiveEnd()
        #expect(connection.isClosed)
    }

    @Test("A body that has begun to come is not waited for either") mutating func begun() {
        connection.receive(Self.post("/door", "Content-Length: 5") + "hel")
        #expect(connection.statuses == ["401"])
    }

    @Test("What is not refused gets its 100 and its handler, and is inspected once") mutating func admits() {
        connection.receive(Self.post("/", "Content-Length: 2", "Expect: 100-continue"))
        #expect(connection.sent == "HTTP/1.1 100 Continue\r\n\r\n")
        connection.receive("o")
        connection.receive("k")
        #expect(connection.requests.map(\.body) == [Array("ok".utf8)])
    }

    @Test("With the body there, and without one, the handler refuses and the connection stays open")
    mutating func complete() {
        connection.receive(Self.post("/door", "Content-Length: 2") + "ok" + Self.post())
        #expect(connection.requests.count == 1)
        connection.respond()
        #expect(connection.requests.count == 1)
        connection.respond()
        #expect(connection.statuses == ["200", "200"])
        #expect(!connection.sent.contains("Connection: close"))
    }

    @Test("A pipelined head is refused in its turn, and what follows it is not a request") mutating func pipelined() {
        connection.receive(Self.post("/") + Self.post("/door", "Content-Length: 500") + Self.post())
        #expect(connection.sent.isEmpty)
        connection.respond()
        #expect(connection.statuses == ["200", "401"])
        #expect(connection.requests.isEmpty)
    }

    @Test("A client that has sent its head and no more still reads the refusal") mutating func halfClosed() {
        connection.receive(Self.post("/door", "Content-Length: 500"))
        connection.receiveEnd()
        #expect(connection.statuses == ["401"])
        #expect(connection.isClosed)
    }

    @Test("Over a socket, a client that goes on sending can read the refusal", arguments: Wire.allCases)
    func overSocket(_ wire: Wire) async throws {
        try await withServer(
            over: wire, inspection: Self.refusesDoor, handler: { _ in .now(HTTPResponse(text: "handled")) }
        ) { _, address in
            try await script {
                let client = try TestClient(address, over: wire)
                try client.send(Self.post("/door", "Content-Length: 1000000"))
                try client.send([UInt8](repeating: 0, count: 500_000))
                #expect(try client.response()?.status == 401)
                #expect(try client.isAtEnd())
            }
        }
    }
}
