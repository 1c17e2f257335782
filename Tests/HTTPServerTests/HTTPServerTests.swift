import Dispatch
import Glibc
import Synchronization
import Testing

@testable import HTTPServer

/// End to end, over sockets.
@Suite struct HTTPServerTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private static let echo: HTTPHandler = { request in
        request.path == "/later"
            ? .later { HTTPResponse(status: .ok, body: request.body) }
            : .now(HTTPResponse(status: .ok, body: request.body))
    }

    @Test("Requests are answered in order over one connection, at once or later", arguments: Wire.allCases)
    func keepsAlive(_ wire: Wire) async throws {
        try await withServer(over: wire, handler: Self.echo) { _, address in
            try await script {
                let client = try TestClient(address, over: wire)
                for index in 0..<20 {
                    let path = index.isMultiple(of: 2) ? "/now" : "/later"
                    try client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n\(10 + index)")
                }
                for index in 0..<20 { #expect(try client.response()?.text == "\(10 + index)") }
            }
        }
    }

    @Test("Large bodies go both ways", arguments: Wire.allCases) func largeBodies(_ wire: Wire) async throws {
        let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServer(over: wire, handler: Self.echo) { _, address in
            try await script {
                let client = try TestClient(address, over: wire)
                for path in ["/now", "/later"] {
                    try client.send("POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
                    try client.send(body)
                    #expect(try client.response()?.body == body)
                }
            }
        }
    }

    /// A body that is larger than allowed by default, announced and not.
    private static let tooLarge: [(framing: String, body: [UInt8])] = {
        let body = [UInt8](repeating: 0, count: HTTPLimits().maxBodyBytes + 1)
        let size = String(body.count, radix: 16)
        return [
            ("Content-Length: \(body.count)", body),
            ("Transfer-Encoding: chunked", Array("\(size)\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)),
        ]
    }()

    @Test(
        "A client whose body is too large can read so, though it sends it to the end before it looks",
        arguments: Wire.allCases, tooLarge.indices)
    func lingers(_ wire: Wire, _ index: Int) async throws {
        try await withServer(over: wire, handler: Self.echo) { _, address in
            try await script {
                let (framing, body) = Self.tooLarge[index]
                let client = try TestClient(address, over: wire)
                try client.send("POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\r\n")
                try client.send(body)
                let response = try client.response()
                #expect(response?.status == 413)
                #expect(response?.head.contains("Connection: close\r\n") == true)
                #expect(response?.text.contains("body_too_large") == true)
                #expect(try client.isAtEnd())
            }
        }
    }

    @Test("HEAD, OPTIONS and 404 over a socket are what the router says in process", arguments: Wire.allCases)
    func routerOverSocket(_ wire: Wire)
        async throws
    {
        var router = Router()
        router.on(.get, "/a") { _ in .now(HTTPResponse(text: "content")) }
        try await withServer(over: wire, handler: router.reply) { _, address in
            try await script {
                let client = try TestClient(address, over: wire)
                try client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nOPTIONS /a HTTP/1.1\r\nHost: a\r\n\r\n")
                try client.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try client.response(isHead: true)
                #expect(head?.head.contains("Content-Length: 7\r\n") == true)
                let options = try client.response()
                #expect(options?.status == 204 && options?.head.contains("Allow: GET, HEAD, OPTIONS\r\n") == true)
                #expect(try client.response()?.status == 404)
                #expect(try client.response()?.text == "content")
            }
        }
    }

    @Test(
        "A handler's task is cancelled when its client closes or resets the connection", arguments: [false, true],
        Wire.allCases)
    func cancels(_ resets: Bool, _ wire: Wire) async throws {
        try await checkCancellation(over: wire) { if resets { $0.resetWhenClosed() } }
    }

    @Test("So it is when the client closes behind requests that nobody has read yet", arguments: Wire.allCases)
    func cancelsBehindInput(_ wire: Wire) async throws {
        try await checkCancellation(over: wire) { client in
            for _ in 0..<3 {
                try client.send(Self.get)
                // What arrives together would be looked at together.
                usleep(100_000)
            }
        }
    }

    /// - Parameter leave: What the client does while its request is handled; then it closes.
    private func checkCancellation(
        over wire: Wire, leave: @escaping @Sendable (TestClient) throws -> Void
    ) async throws {
        let (cancelled, continuation) = AsyncStream<Void>.makeStream()
        let hasBegun = DispatchSemaphore(value: 0)
        let handler: HTTPHandler = { _ in
            .later {
                hasBegun.signal()
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(10)) }
                continuation.finish()
                return HTTPResponse(text: "too late")
            }
        }
        try await withServer(over: wire, handler: handler) { server, address in
            try await script {
                let client = try TestClient(address, over: wire)
                try client.send(Self.get)
                // A reset takes with it what the server has not yet received.
                hasBegun.wait()
                try leave(client)
            }
            for await _ in cancelled {}
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(10)) }
        }
    }

    @Test(
        "Connections over the limit are told to come back, and served again when others have left",
        arguments: Wire.allCases)
    func connectionLimit(_ wire: Wire) async throws {
        try await withServer(over: wire, { $0.limits.maxConnections = 2 }, handler: Self.echo) { server, address in
            try await script {
                let clients = try (0..<2).map { _ in try TestClient(address, over: wire) }
                for client in clients {
                    try client.send(Self.get)
                    #expect(try client.response()?.status == 200)
                }
                let third = try TestClient(address, over: wire)
                let refusal = try third.response()
                #expect(refusal?.status == 503)
                #expect(refusal?.head.contains("Retry-After: 1\r\n") == true)
                // Optimised, the first two would be gone by now, and their places free.
                withExtendedLifetime(clients) {}
            }
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(10)) }
            try await script {
                let client = try TestClient(address, over: wire)
                try client.send(Self.get)
                #expect(try client.response()?.status == 200)
            }
        }
    }

    @Test("An address with more connections than it may have is told so; when some have closed it is served again")
    func addressLimit() async throws {
        try await withServer({ $0.limits.maxConnectionsPerAddress = 2 }, handler: Self.echo) { server, address in
            try await script {
                let clients = try (0..<2).map { _ in try TestClient(address) }
                for client in clients {
                    try client.send(Self.get)
                    #expect(try client.response()?.status == 200)
                }
                let refusal = try TestClient(address).response()
                #expect(refusal?.status == 429)
                #expect(refusal?.head.contains("Retry-After: 1\r\n") == true)
                #expect(refusal?.text.contains("too_many_connections_from_address") == true)
                withExtendedLifetime(clients) {}
            }
            while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(10)) }
            try await script {
                let client = try TestClient(address)
                try client.send(Self.get)
                #expect(try client.response()?.status == 200)
            }
        }
    }

    @Test("Far more connections than the limit neither stop nor stall the server") func connectionFlood() async throws {
        try await withServer({ $0.limits.maxConnections = 4 }, handler: Self.echo) { _, address in
            _ = try await script { try (0..<200).map { _ in try TestClient(address) } }
            // The last of them may still wait to be accepted, and take a place for a moment.
            var status: Int? = 503
            for _ in 0..<500 where status == 503 {
                try await Task.sleep(for: .milliseconds(10))
                status = try await script {
                    let client = try TestClient(address)
                    try client.send(Self.get)
                    return try client.response()?.status
                }
            }
            #expect(status == 200)
        }
    }

    @Test(
        "A client that is slow in its header is refused in time, the others are served meanwhile",
        arguments: Wire.allCases)
    func slowClient(_ wire: Wire) async throws {
        try await withServer(over: wire, { $0.timeouts.header = .milliseconds(300) }, handler: Self.echo) {
            _, address in
            try await script {
                let slow = try TestClient(address, over: wire)
                try slow.send("GET / HT")
                let other = try TestClient(address, over: wire)
                try other.send(Self.get)
                #expect(try other.response()?.status == 200)
                #expect(try slow.response()?.status == 408)
                #expect(try slow.isAtEnd())
            }
        }
    }

    @Test(
        "A client that has sent its request in time is served, though the server was held up past its deadline",
        arguments: Wire.allCases)
    func heldUp(_ wire: Wire) async throws {
        let isHeldUp = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        // The hook runs on the loop, when the clock for the next request has just been set.
        let hook: HTTPAnswerHook = { answer in
            guard answer.path == "/later" else { return }
            isHeldUp.signal()
            goOn.wait()
        }
        try await withServer(
            over: wire, { $0.timeouts.idle = .milliseconds(100) }, onAnswer: hook, handler: Self.echo
        ) { _, address in
            try await script {
                let client = try TestClient(address, over: wire)
                try client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.response()?.status == 200)
                isHeldUp.wait()
                // The loop's timer is to fire before the request arrives, and so to be heard first.
                usleep(300_000)
                try client.send(Self.get)
                goOn.signal()
                #expect(try client.response()?.status == 200)
            }
        }
    }

    @Test("Whoever pipelines many requests lets others have their turn", arguments: Wire.allCases)
    func turns(_ wire: Wire) async throws {
        let hasBegun = DispatchSemaphore(value: 0)
        let goOn = DispatchSemaphore(value: 0)
        let paths = Mutex<[String]>([])
        let handler: HTTPHandler = { request in
            paths.withLock { $0.append(request.path) }
            if request.path == "/first" {
                hasBegun.signal()
                goOn.wait()
            }
            return .now(HTTPResponse(text: request.path))
        }
        let count = 1000
        try await withServer(over: wire, handler: handler) { _, address in
            try await script {
                let (many, other) = (try TestClient(address, over: wire), try TestClient(address, over: wire))
                let requests = ["/first"] + Array(repeating: "/many", count: count)
                try many.send(requests.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
                // The loop stands still meanwhile, so that all have come before the second request is looked at.
                hasBegun.wait()
                try other.send("GET /other HTTP/1.1\r\nHost: a\r\n\r\n")
                goOn.signal()
                #expect(try other.response()?.text == "/other")
                for path in requests { #expect(try many.response()?.text == path) }
            }
        }
        let order = paths.withLock { $0 }
        let turn = try #require(order.firstIndex(of: "/other"))
        #expect(order.count == count + 2 && turn < count / 2)
    }

    @Test("It listens on IPv6 and says on which port", .enabled(if: hasIPv6, "this machine has no IPv6 loopback"))
    func ipv6() async throws {
        try await withServer({ $0.host = "::1" }, handler: Self.echo) { _, address in
            #expect(address.description.hasPrefix("[::1]:"))
            #expect(address.port > 0)
        }
    }

    @Test(
        "At :: it serves both families, and shows each peer as what it is",
        .enabled(if: hasIPv6, "this machine has no IPv6 loopback"), arguments: ["127.0.0.1", "::1"])
    func bothFamilies(_ host: String) async throws {
        let peer: HTTPHandler = { .now(HTTPResponse(text: $0.peer.host)) }
        try await withServer({ $0.host = "::" }, handler: peer) { _, address in
            try await script {
                let client = try TestClient(SocketAddress(host: host, port: address.port))
                try client.send(Self.get)
                #expect(try client.response()?.text == host)
            }
        }
    }

    private static let hasIPv6: Bool = {
        (try? ListeningSocket(HTTPServerConfiguration(host: "::1", port: 0))) != nil
    }()

    @Test("A host or port that can't be had is an error that names it") func cannotListen() throws {
        let taken = try ListeningSocket(HTTPServerConfiguration(port: 0))
        for (host, port, text) in [
            ("127.0.0.1", taken.address.port, "in use"), ("192.0.2.1", 0, "192.0.2.1"),
            ("no such host", 0, "no such host"),
            ("127.0.0.1", 65_536, "65535"),
        ] {
            let server = HTTPServer(configuration: HTTPServerConfiguration(host: host, port: port), handler: Self.echo)
            let error = #expect(throws: HTTPServerError.self) { try server.start() }
            #expect(error?.description.contains(text) == true)
        }
    }

    @Test("A server starts once") func startsOnce() async throws {
        try await withServer(handler: Self.echo) { server, _ in
            #expect(throws: HTTPServerError.alreadyStarted) { try server.start() }
        }
    }
}
