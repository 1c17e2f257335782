import Logging
import Synchronization
import Testing

@testable import HTTPServer

@Suite struct AnswerHookTests {
    /// Collects what the hook is told.
    private final class Record: Sendable {
        private let answers = Mutex<[HTTPAnswer]>([])

        @Sendable func add(_ answer: HTTPAnswer) { answers.withLock { $0.append(answer) } }

        func wait(for count: Int) async throws -> [HTTPAnswer] {
            for _ in 0..<1000 where answers.withLock({ $0.count < count }) {
                try await Task.sleep(for: .milliseconds(10))
            }
            return answers.withLock { $0 }
        }
    }

    private func record(
        _ configure: (inout HTTPServerConfiguration) -> Void = { _ in }, answers count: Int,
        of talk: @escaping @Sendable (SocketAddress) throws -> Void
    ) async throws -> [HTTPAnswer] {
        let record = Record()
        try await withServer(
            configure, onAnswer: record.add,
            handler: { request in
                request.path == "/never"
                    ? .later {
                        while !Task.isCancelled { try? await Task.sleep(for: .seconds(10)) }
                        return HTTPResponse(text: "too late")
                    }
                    : .now(HTTPResponse(status: .ok, body: request.body, logMetadata: ["own": "remark"]))
            }
        ) { _, address in
            try await script { try talk(address) }
            _ = try await record.wait(for: count)
        }
        return try await record.wait(for: count)
    }

    @Test("Each answer is told with its bytes, its time and what the handler adds") func answers() async throws {
        let post = "POST /a%20b?secret HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Length: 3\r\n\r\nabc"
        let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        let answers = try await record(answers: 2) { address in
            let client = try TestClient(address)
            try client.send(post + get)
            #expect(try client.response()?.text == "abc")
            #expect(try client.response()?.status == 200)
        }
        #expect(answers.map(\.path) == ["/a b", "/"])
        #expect(answers.map(\.bytesReceived) == [post.utf8.count, get.utf8.count])
        let first = answers[0]
        #expect(first.id == "mine" && first.method == .post && first.status == .ok && first.refusal == nil)
        #expect(first.isComplete && first.bytesSent > 80 && first.duration > .zero)
        #expect(first.duration >= first.handlingDuration + first.sendDuration)
        #expect(first.metadata == ["own": "remark"])
        #expect(first.requestHeaders["Host"] == "a")
    }

    @Test(
        "The server's own refusals are told as well",
        arguments: [
            ("nonsense\r\n\r\n", 400, nil, nil),
            ("GET /x HTTP/1.1\r\n\r\n", 400, "/x", HTTPMethod.get),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n", 413, "/x", .post),
            ("GET / HTTP/1.1\r\nX: \(String(repeating: "x", count: 20_000))", 431, "/", .get),
            ("GET /y HTTP/1.1\r\nHost", 408, "/y", .get),
        ] as [(String, Int, String?, HTTPMethod?)])
    func refusals(_ request: String, _ status: Int, _ path: String?, _ method: HTTPMethod?) async throws {
        let answers = try await record({ $0.timeouts.header = .milliseconds(200) }, answers: 1) { address in
            let client = try TestClient(address)
            try client.send(request)
            #expect(try client.response()?.status == status)
        }
        let answer = try #require(answers.first)
        #expect(answers.count == 1)
        #expect(answer.status?.code == status && answer.refusal?.status.code == status)
        #expect(answer.path == path && answer.method == method)
        #expect(answer.bytesReceived == request.utf8.count)
    }

    @Test("A connection over the limit is told with its 503") func tooManyConnections() async throws {
        let answers = try await record({ $0.limits.maxConnections = 1 }, answers: 1) { address in
            let first = try TestClient(address)
            let second = try TestClient(address)
            #expect(try second.response()?.status == 503)
            withExtendedLifetime(first) {}
        }
        #expect(answers.first?.refusal?.code == "too_many_connections")
    }

    @Test("A request whose client is gone is told once") func cut() async throws {
        let answers = try await record(answers: 1) { address in
            let client = try TestClient(address)
            client.resetWhenClosed()
            try client.send("GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        }
        #expect(answers.map(\.path) == ["/never"])
        let answer = try #require(answers.first)
        #expect(!answer.isComplete && answer.bytesSent == 0 && answer.handlingDuration > .zero)
    }
}
