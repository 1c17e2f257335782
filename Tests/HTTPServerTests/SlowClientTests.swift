import Glibc
import Testing

@testable import HTTPServer

/// What clients may make the server keep, and for how long.
@Suite struct SlowClientTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func post(_ bytes: Int, of length: Int) -> String {
        "POST /x HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Length: \(length)\r\n\r\n"
            + String(repeating: "x", count: bytes)
    }

    // MARK: - Clocks

    private func reading(_ bytes: Int, within send: Duration) -> ScriptedConnection {
        var timeouts = HTTPTimeouts()
        timeouts.send = send
        var connection = ScriptedConnection(timeouts: timeouts)
        connection.receive(Self.get)
        connection.canSend = false
        connection.respond(String(repeating: "x", count: bytes))
        return connection
    }

    @Test("A steady reader has a time that grows with the answer's length, and is cut after it")
    func slowReader() {
        for (bytes, seconds) in [(20 << 10, 30), (10 << 16, 40)] {
            var connection = reading(bytes, within: .seconds(30))
            for _ in 0..<(seconds - 1) {
                connection.read(HTTPTimeouts().minimumRate)
                connection.pass(.seconds(1))
            }
            #expect(!connection.isClosed)
            connection.read(HTTPTimeouts().minimumRate)
            connection.pass(.seconds(2))
            #expect(connection.isClosed)
            #expect(connection.machine.unfinished(at: connection.moment.instant)?.isComplete == false)
        }
    }

    @Test("A reader of 64 KiB a second gets all of an answer, however long it takes") func ordinaryReader() {
        var connection = reading(16 << 20, within: .seconds(1))
        for _ in 0..<256 {
            connection.pass(.seconds(1))
            connection.read(64 << 10)
        }
        #expect(!connection.isClosed)
        connection.canSend = true
        connection.run()
        #expect(connection.machine.takeFinished(at: connection.moment.instant)?.isComplete == true)
    }

    // MARK: - Memory

    @Test("A body beyond what may be kept is refused 503, and let go", arguments: [100_000, 30_000])
    func bodyBeyond(length: Int) {
        // Whether it goes on or has just come whole.
        var connection = ScriptedConnection()
        connection.receive(Self.post(0, of: length))
        connection.receive(String(repeating: "x", count: 20_000), allowance: 20_000)
        #expect(connection.machine.heldBytes == 20_000 && connection.sent.isEmpty)
        connection.canSend = false
        connection.receive(String(repeating: "x", count: 10_000), allowance: 29_999)
        #expect(connection.requests.isEmpty)
        #expect(connection.machine.heldBytes < 1000)
        connection.canSend = true
        connection.run()
        #expect(connection.statuses == ["503"])
        for part in ["Retry-After: 1\r\n", "X-Request-Id: mine\r\n", "Connection: close\r\n", #""code":"buffer_full""#]
        {
            #expect(connection.sent.contains(part))
        }
        let answer = connection.machine.takeFinished(at: connection.moment.instant)
        #expect(answer?.refusal?.code == "buffer_full" && answer?.path == "/x")
        // What it still sends is dropped.
        connection.receive(String(repeating: "x", count: 10_000), allowance: 0)
        #expect(connection.machine.heldBytes == 0 && connection.hasFinishedSending)
    }

    @Test("What has come of a body that is refused does not stay in memory") func refusedBody() {
        var connection = ScriptedConnection()
        connection.receive(Self.post(50_000, of: 100_000))
        #expect(connection.machine.heldBytes == 50_000)
        connection.pass(.seconds(41))
        #expect(connection.statuses == ["408"] && !connection.isClosed)
        #expect(connection.machine.heldBytes == 0)
    }

    @Test("Without a body a request is answered though nothing may be kept") func noBody() {
        var connection = ScriptedConnection()
        connection.receive(Self.get, allowance: 0)
        connection.respond()
        #expect(connection.statuses == ["200"])
    }

    @Test("In place of an answer beyond what may be kept the client gets 503, and the connection goes on")
    func answerBeyond() {
        var connection = ScriptedConnection()
        connection.receive(Self.get)
        connection.respond(String(repeating: "x", count: 30_000), allowance: 29_999)
        #expect(connection.statuses == ["503"])
        #expect(connection.machine.takeFinished(at: connection.moment.instant)?.refusal?.code == "buffer_full")
        connection.receive(Self.get)
        connection.respond(String(repeating: "x", count: 30_000), allowance: 30_000)
        #expect(connection.statuses == ["503", "200"])
        #expect(connection.machine.takeFinished(at: connection.moment.instant)?.refusal == nil)
    }

    @Test("A body that is kept anyway counts for nothing", arguments: [true, false])
    func shared(isShared: Bool) {
        var connection = ScriptedConnection()
        connection.canSend = false
        connection.receive(Self.get)
        var response = HTTPResponse(text: String(repeating: "x", count: 100_000))
        response.sharesBody = isShared
        connection.machine.respond(response, at: connection.moment, allowance: isShared ? 0 : .max)
        #expect((connection.machine.heldBytes < 1000) == isShared)
        connection.canSend = true
        connection.run()
        #expect(connection.statuses == ["200"] && connection.machine.heldBytes == 0)
    }

    @Test(
        "A connection may hold what the others leave, a little in any case, and anything if it is alone",
        arguments: [
            // What all hold, what it holds, what it may hold, of a million.
            (0, 0, Int.max), (2_000_000, 2_000_000, .max), (300_000, 0, 700_000), (300_000, 100_000, 800_000),
            (990_000, 0, BufferMemory.alwaysAllowed), (1_100_000, 1_000, BufferMemory.alwaysAllowed),
            (1_100_000, 500_000, 400_000),
        ])
    func allowance(_ used: Int, _ held: Int, _ allowed: Int) {
        var memory = BufferMemory(limit: 1_000_000)
        memory.add(used)
        #expect(memory.allowance(holding: held) == allowed)
    }

    // MARK: - Over sockets

    @Test(
        "While one client's body takes the memory there is, another's is refused, a small request is not",
        arguments: Wire.allCases)
    func bodies(_ wire: Wire) async throws {
        let handler: HTTPHandler = { request in .later { HTTPResponse(text: "\(request.body.count)") } }
        let configure = { @Sendable (configuration: inout HTTPServerConfiguration) in
            configuration.limits.maxBufferedBytes = 1_000_000
            configuration.timeouts.rateWindow = .seconds(600)
        }
        try await withServer(over: wire, configure, handler: handler) { server, address in
            try await script {
                var slow: TestClient? = try TestClient(address, over: wire)
                try slow?.send(Self.post(900_000, of: 2_000_000))
                while server.bufferedBytes < 900_000 { usleep(1000) }
                let refused = try TestClient(address, over: wire)
                try refused.send(Self.post(500_000, of: 500_000))
                let answer = try refused.response()
                #expect(answer?.status == 503 && answer?.text.contains("buffer_full") == true)
                let small = try TestClient(address, over: wire)
                try small.send(Self.post(10_000, of: 10_000))
                #expect(try small.response()?.text == "10000")
                slow = nil
                while server.bufferedBytes > 0 { usleep(1000) }
                try small.send(Self.post(500_000, of: 500_000))
                #expect(try small.response()?.text == "500000")
            }
            #expect(server.bufferedBytes == 0)
        }
    }

    @Test("While one client does not read its answer, another large one is refused", arguments: Wire.allCases)
    func answers(_ wire: Wire) async throws {
        // More than the kernel takes for the client.
        let count = 40_000_000
        let handler: HTTPHandler = { request in
            .later {
                HTTPResponse(status: .ok, body: [UInt8](repeating: 0, count: request.path == "/" ? count : 10_000))
            }
        }
        try await withServer(over: wire, { $0.limits.maxBufferedBytes = 1_000_000 }, handler: handler) {
            server, address in
            try await script {
                var slow: TestClient? = try TestClient(address, over: wire)
                try slow?.send(Self.get)
                while server.bufferedBytes < count { usleep(1000) }
                let other = try TestClient(address, over: wire)
                try other.send(Self.get)
                #expect(try other.response()?.status == 503)
                try other.send("GET /small HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try other.response()?.body.count == 10_000)
                slow = nil
                while server.bufferedBytes > 0 { usleep(1000) }
                try other.send(Self.get)
                #expect(try other.response()?.body.count == count)
            }
        }
    }

    @Test("A body counts until its handler is done") func atWork() async throws {
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        let (goOn, release) = AsyncStream<Void>.makeStream()
        let handler: HTTPHandler = { _ in
            .later {
                beginning.finish()
                for await _ in goOn {}
                return HTTPResponse(text: "done")
            }
        }
        try await withServer(handler: handler) { server, address in
            async let answer = script {
                let client = try TestClient(address)
                try client.send(Self.post(100_000, of: 100_000))
                return try client.response()
            }
            for await _ in begun {}
            #expect(server.bufferedBytes == 100_000)
            release.finish()
            let response = try await answer
            #expect(response?.text == "done")
            #expect(server.bufferedBytes == 0)
        }
    }
}
