import Testing

@testable import HTTPServer

@Suite struct ConnectionMachineTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private let postHead = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n"

    // MARK: Answers

    @Test("An answer carries Date, X-Request-Id and Content-Length, and leaves the connection open")
    func answers() {
        var connection = ScriptedConnection()
        connection.receive(get)
        #expect(connection.requests.map(\.path) == ["/"])
        connection.respond()
        let id = RequestIDGenerator(seed: 1)
        var ids = id
        #expect(
            connection.sent
                == "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nX-Request-Id: \(ids.next())\r\n"
                + "Content-Length: 2\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nok")
        #expect(!connection.hasFinishedSending)
    }

    @Test(
        "The caller's X-Request-Id comes back if it is sane",
        arguments: [
            ("abc-1.2", true), ("a b", false), ("<script>", false), (String(repeating: "a", count: 129), false),
        ])
    func requestID(_ id: String, _ isEchoed: Bool) {
        var connection = ScriptedConnection()
        connection.receive("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: \(id)\r\n\r\n")
        #expect((connection.requests.first?.id == id) == isEchoed)
        connection.respond()
        #expect(connection.sent.contains("X-Request-Id: \(id)\r\n") == isEchoed)
    }

    @Test("A refusal carries the caller's X-Request-Id too") func refusedRequestID() {
        var connection = ScriptedConnection()
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine\r\nContent-Length: 99999999999\r\n\r\n")
        #expect(connection.statuses == ["413"])
        #expect(connection.sent.contains("X-Request-Id: mine\r\n"))
    }

    @Test("HEAD is answered without content, refusals included") func head() {
        var connection = ScriptedConnection()
        connection.receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n")
        connection.respond()
        #expect(connection.sent.contains("Content-Length: 2\r\n"))
        #expect(connection.sent.hasSuffix("\r\n\r\n"))
        connection.receive("HEAD / HTTP/1.1\r\n\r\n")
        #expect(connection.statuses == ["200", "400"])
        #expect(connection.sent.hasSuffix("\r\n\r\n"))
    }

    @Test("Pipelined requests are handled one at a time and answered in order") func pipeline() {
        var connection = ScriptedConnection()
        connection.receive(
            "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /3 HTTP/1.1\r\n"
        )
        #expect(connection.requests.map(\.path) == ["/1"])
        connection.respond("one")
        #expect(connection.requests.map(\.path) == ["/2"])
        connection.respond("two")
        #expect(connection.requests.isEmpty)
        connection.receive("Host: a\r\n\r\n")
        connection.respond("three")
        #expect(connection.statuses == ["200", "200", "200"])
        #expect(connection.sent.contains("one") && connection.sent.hasSuffix("three"))
    }

    @Test("A handler can't smuggle a header, or contradict the framing") func headerInjection() {
        var connection = ScriptedConnection()
        connection.receive(get)
        connection.machine.respond(
            HTTPResponse(
                status: .ok, headers: ["X": "a\r\nEvil: 1", "Bad name": "x", "content-length": "77777", "Date": "now"],
                body: Array("ok".utf8)),
            at: connection.moment)
        connection.run()
        #expect(connection.sent.contains("X: a  Evil: 1\r\n"))
        #expect(connection.sent.contains("Content-Length: 2\r\n"))
        for absent in ["Bad name", "77777", "now"] { #expect(!connection.sent.contains(absent)) }
    }

    // MARK: Closing

    @Test(
        "The connection closes when either side says so",
        arguments: [
            ("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "Connection: close\r\n", true),
            ("GET / HTTP/1.0\r\n\r\n", "Connection: close\r\n", true),
            ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "Connection: keep-alive\r\n", false),
        ])
    func persistence(_ request: String, _ field: String, _ closes: Bool) {
        var connection = ScriptedConnection()
        connection.receive(request)
        connection.respond()
        #expect(connection.sent.contains(field))
        #expect(connection.hasFinishedSending == closes)
    }

    @Test("The last of the requests that a connection may carry closes it") func requestLimit() {
        var limits = HTTPLimits()
        limits.maxRequestsPerConnection = 2
        var connection = ScriptedConnection(limits: limits)
        connection.receive(get + get + get)
        connection.respond()
        #expect(!connection.sent.contains("Connection: close"))
        connection.respond()
        #expect(connection.sent.contains("Connection: close"))
        #expect(connection.requests.isEmpty)
    }

    @Test("A refusal is followed by a lingering close, bounded in bytes") func lingerBytes() {
        var limits = HTTPLimits()
        limits.maxLingerBytes = 10
        var connection = ScriptedConnection(limits: limits)
        connection.receive("nonsense\r\n\r\n")
        #expect(connection.statuses == ["400"])
        #expect(connection.sent.contains("Connection: close\r\n"))
        #expect(connection.sent.contains("application/problem+json"))
        #expect(connection.hasFinishedSending && !connection.isClosed)
        connection.receive("0123456789")
        #expect(!connection.isClosed)
        connection.receive("0")
        #expect(connection.isClosed)
    }

    @Test("A lingering close ends when the client closes, or after its time") func lingerTime() {
        var first = ScriptedConnection()
        first.receive("nonsense\r\n")
        first.receiveEnd()
        #expect(first.isClosed)
        var second = ScriptedConnection()
        second.receive("nonsense\r\n")
        second.pass(.milliseconds(1800))
        #expect(!second.isClosed)
        second.pass(.milliseconds(300))
        #expect(second.isClosed)
    }

    @Test("A lingering close waits for a client that goes on sending, but not for one that hardly does")
    func lingerRate() {
        var timeouts = HTTPTimeouts()
        timeouts.linger = .seconds(2)
        timeouts.minimumRate = 10
        timeouts.receive = .seconds(60)
        for (bytes, isPatient) in [(10, true), (9, false)] {
            var connection = ScriptedConnection(timeouts: timeouts)
            connection.receive("nonsense\r\n")
            for _ in 0..<25 where !connection.isClosed {
                connection.receive(String(repeating: "x", count: bytes))
                connection.pass(.seconds(1))
            }
            #expect(connection.isClosed != isPatient)
            connection.pass(.seconds(4))
            #expect(connection.isClosed)
        }
    }

    @Test("A lingering close does not outlast what a request may take, nor the server's stop")
    func lingerEnd() {
        var timeouts = HTTPTimeouts()
        timeouts.linger = .seconds(2)
        timeouts.receive = .seconds(10)
        let much = String(repeating: "x", count: 10_000)
        var steady = ScriptedConnection(timeouts: timeouts)
        steady.receive("nonsense\r\n")
        for second in 0..<11 {
            #expect(steady.isClosed == (second >= 10))
            steady.receive(much)
            steady.pass(.seconds(1))
        }
        var stopped = ScriptedConnection(timeouts: timeouts)
        stopped.receive("nonsense\r\n")
        stopped.receive(much)
        stopped.wind(down: .stopping)
        #expect(!stopped.isClosed)
        stopped.pass(.seconds(2))
        #expect(stopped.isClosed)
    }

    @Test("A connection that is refused, rather than a request, is not waited for") func lingerWithoutRequest() {
        var timeouts = HTTPTimeouts()
        timeouts.linger = .seconds(2)
        var connection = ScriptedConnection(timeouts: timeouts)
        connection.machine.refuse(.tooManyConnections, at: connection.moment)
        connection.run()
        #expect(connection.statuses == ["503"])
        connection.receive(String(repeating: "x", count: 10_000))
        connection.pass(.seconds(2))
        #expect(connection.isClosed)
    }

    @Test("A client that closes its sending side still gets its answers") func halfClose() {
        var connection = ScriptedConnection()
        connection.receive(get + get)
        connection.receiveEnd()
        connection.respond()
        connection.respond()
        #expect(connection.statuses == ["200", "200"])
        #expect(connection.isClosed)
    }

    @Test("A request that is cut off is refused, silence is not") func cutOff() {
        var connection = ScriptedConnection()
        connection.receive("GET / HT")
        connection.receiveEnd()
        #expect(connection.statuses == ["400"])
        var silent = ScriptedConnection()
        silent.receiveEnd()
        #expect(silent.isClosed && silent.sent.isEmpty)
    }

    // MARK: Expect

    @Test("100 is sent once, after the header is accepted and before the content") func expectContinue() {
        var connection = ScriptedConnection()
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n")
        #expect(connection.sent.isEmpty)
        connection.receive("\r\n")
        #expect(connection.sent == "HTTP/1.1 100 Continue\r\n\r\n")
        connection.receive("o")
        connection.receive("k")
        connection.respond()
        #expect(connection.sent.components(of: "100 Continue") == 1)
        #expect(connection.statuses == ["200"])
    }

    @Test(
        "100 is not sent where it is not due",
        arguments: [
            "POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\no",
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
        ])
    func noContinue(_ request: String) {
        var connection = ScriptedConnection()
        connection.receive(request)
        #expect(!connection.sent.contains("100 Continue"))
    }

    // MARK: Clocks

    @Test("A connection without a first byte is closed silently") func firstByte() {
        var connection = ScriptedConnection()
        connection.pass(.seconds(29))
        #expect(!connection.isClosed)
        connection.pass(.seconds(2))
        #expect(connection.isClosed && connection.sent.isEmpty)
    }

    @Test("An idle connection is closed silently, an empty line does not keep it") func keepAlive() {
        var connection = ScriptedConnection()
        connection.receive(get)
        connection.pass(.seconds(600))
        connection.respond()
        let sent = connection.sent
        connection.pass(.seconds(59))
        connection.receive("\r\n")
        #expect(!connection.isClosed)
        connection.pass(.seconds(2))
        #expect(connection.isClosed && connection.sent == sent)
    }

    @Test("An empty line is no request, nor is one in two pieces, and neither keeps the connection")
    func emptyLine() {
        var connection = ScriptedConnection()
        connection.pass(.seconds(1))
        connection.receive("\r")
        connection.pass(.seconds(1))
        connection.receive("\n")
        #expect(!connection.machine.isBusy)
        connection.pass(.seconds(27))
        #expect(!connection.isClosed)
        connection.pass(.seconds(2))
        #expect(connection.isClosed && connection.sent.isEmpty)
        var next = ScriptedConnection()
        next.receive("\r")
        next.receive("\n")
        next.receive(get)
        next.respond()
        #expect(next.statuses == ["200"])
    }

    @Test("A header that drips in is refused 408 at its deadline") func slowHeader() {
        var connection = ScriptedConnection()
        for byte in "GET / HTTP/1.1\r\nHost: a\r\nX: 123456789" {
            connection.receive(String(byte))
            connection.pass(.milliseconds(300))
        }
        #expect(connection.statuses == ["408"])
        #expect(connection.hasFinishedSending)
    }

    @Test("A body below the minimum rate is refused 408, a fast start notwithstanding") func slowBody() {
        var connection = ScriptedConnection()
        connection.receive(postHead + String(repeating: "x", count: 90_000))
        connection.pass(.seconds(19))
        #expect(connection.sent.isEmpty)
        for _ in 0..<21 {
            connection.receive("x")
            connection.pass(.seconds(1))
        }
        #expect(connection.statuses == ["408"])
    }

    @Test("A body at the minimum rate is accepted until the request's deadline") func steadyBody() {
        var timeouts = HTTPTimeouts()
        timeouts.receive = .seconds(100)
        var connection = ScriptedConnection(timeouts: timeouts)
        connection.receive(postHead)
        for _ in 0..<99 {
            connection.receive(String(repeating: "x", count: 600))
            connection.pass(.seconds(1))
        }
        #expect(connection.sent.isEmpty)
        connection.pass(.seconds(2))
        #expect(connection.statuses == ["408"])
    }

    @Test("A client that does not read its answer is cut") func slowReader() {
        var connection = ScriptedConnection()
        connection.canSend = false
        connection.receive(get)
        connection.respond()
        connection.pass(.seconds(19))
        #expect(!connection.isClosed)
        connection.pass(.seconds(2))
        #expect(connection.isClosed && connection.sent.isEmpty)
    }

    @Test("While a handler works, no clock runs against the client") func handlerTime() {
        var connection = ScriptedConnection()
        connection.receive(get)
        connection.pass(.seconds(1000))
        connection.respond()
        #expect(connection.statuses == ["200"])
    }

    // MARK: Going away

    @Test("Draining closes after the answer, stopping closes what is idle") func drain() {
        var idle = ScriptedConnection()
        idle.wind(down: .draining)
        #expect(!idle.isClosed)
        idle.wind(down: .stopping)
        #expect(idle.isClosed)
        var busy = ScriptedConnection()
        busy.receive("GET / HT")
        busy.wind(down: .stopping)
        #expect(!busy.isClosed)
        busy.receive("TP/1.1\r\nHost: a\r\n\r\n")
        busy.respond()
        #expect(busy.statuses == ["200"])
        #expect(busy.sent.contains("Connection: close\r\n"))
        #expect(busy.hasFinishedSending)
    }

    @Test("Requests pipelined before the stop are all answered") func drainPipeline() {
        var connection = ScriptedConnection()
        connection.receive(get + get)
        connection.wind(down: .stopping)
        connection.respond()
        #expect(!connection.sent.contains("Connection: close"))
        connection.respond()
        #expect(connection.statuses == ["200", "200"])
        #expect(connection.sent.contains("Connection: close"))
    }
}

extension String {
    /// How often `text` occurs.
    fileprivate func components(of text: String) -> Int {
        split(separator: text, omittingEmptySubsequences: false).count - 1
    }

    // MARK: - Handshakes

    @Test("A handshake that is not over in time ends the connection; then the clock of the first byte begins")
    func handshakeClock() {
        var slow = ScriptedConnection()
        slow.machine.awaitHandshake(at: slow.moment)
        slow.pass(.seconds(9))
        #expect(!slow.isClosed)
        slow.pass(.seconds(1))
        #expect(slow.isClosed && slow.sent.isEmpty)

        var quick = ScriptedConnection()
        quick.machine.awaitHandshake(at: quick.moment)
        quick.pass(.seconds(9))
        quick.machine.didHandshake(at: quick.moment)
        quick.pass(.seconds(29))
        #expect(!quick.isClosed)
        quick.pass(.seconds(1))
        #expect(quick.isClosed && quick.sent.isEmpty)
    }

    @Test("A refusal waits for the end of the handshake; a stop does not") func handshakeRefusal() {
        var refused = ScriptedConnection()
        refused.machine.awaitHandshake(at: refused.moment)
        refused.machine.refuse(
            HTTPProblem(status: .serviceUnavailable, code: "full", detail: ""), at: refused.moment)
        refused.run()
        #expect(refused.sent.isEmpty && !refused.machine.isBusy)
        refused.machine.didHandshake(at: refused.moment)
        refused.run()
        #expect(refused.statuses == ["503"])

        var stopped = ScriptedConnection()
        stopped.machine.awaitHandshake(at: stopped.moment)
        stopped.wind(down: .stopping)
        #expect(stopped.isClosed)
    }

    @Test("After a failed handshake the client may read what the transport said about it") func handshakeFailure() {
        var connection = ScriptedConnection()
        connection.machine.awaitHandshake(at: connection.moment)
        connection.machine.handshakeFailed(at: connection.moment)
        connection.run()
        #expect(connection.hasFinishedSending && !connection.isClosed && connection.sent.isEmpty)
        connection.pass(.seconds(2))
        #expect(connection.isClosed)
    }
}
