import Glibc
import Logging
import Synchronization
import Testing

@testable import HTTPServer

/// Servers that listen on something else than a port.
@Suite struct EndpointTests {
    private static let ok: HTTPHandler = { request in .now(HTTPResponse(text: request.peer.description)) }

    private static func temporaryPath() -> String { "/tmp/clipseg-test-\(UInt64.random(in: 0 ... .max))" }

    private static func server(_ endpoint: HTTPEndpoint, connectionsPerAddress: Int = 1) -> HTTPServer {
        var configuration = HTTPServerConfiguration()
        configuration.endpoint = endpoint
        configuration.limits.maxConnectionsPerAddress = connectionsPerAddress
        return HTTPServer(configuration: configuration, handler: ok)
    }

    private static func ask(_ address: SocketAddress) async throws -> TestClient.Response? {
        try await script {
            let client = try TestClient(address)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            return try client.response()
        }
    }

    @Test("A Unix-domain socket has the permissions asked for, serves, and goes with the server") func unixSocket()
        async throws
    {
        let path = Self.temporaryPath()
        let server = Self.server(.unixSocket(path: path, mode: 0o620))
        let address = try server.start()
        #expect(address.description == "unix:\(path)")
        var status = stat()
        #expect(lstat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == 0o620)
        // No limit by address: there are none.
        let first = try await script { try TestClient(address) }
        #expect(try await Self.ask(address)?.text == "unix:")
        await server.shutdown(within: .seconds(10))
        #expect(lstat(path, &status) == -1)
        withExtendedLifetime(first) {}
    }

    @Test("A socket that nobody listens on is replaced; one in use, or another file, is not") func stalePath()
        async throws
    {
        let path = Self.temporaryPath()
        defer { unlink(path) }
        do {
            // Bound, closed and left behind.
            let address = try #require(UnixAddress(path: path))
            let stale = Socket(adopting: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0))
            #expect(address.withPointer { bind(stale.descriptor, $0, $1) } == 0)
        }
        let server = Self.server(.unixSocket(path: path, mode: 0o600))
        let address = try server.start()
        let second = Self.server(.unixSocket(path: path, mode: 0o600))
        let inUse = #expect(throws: HTTPServerError.self) { try second.start() }
        #expect(inUse?.description.contains("already") == true)
        #expect(try await Self.ask(address)?.status == 200)
        await server.shutdown(within: .seconds(10))

        let file = open(path, O_CREAT | O_WRONLY, 0o600)
        close(file)
        let third = Self.server(.unixSocket(path: path, mode: 0o600))
        let notASocket = #expect(throws: HTTPServerError.self) { try third.start() }
        #expect(notASocket?.description.contains("no socket") == true)
        var status = stat()
        #expect(lstat(path, &status) == 0)
    }

    @Test("A path that does not fit is refused", arguments: ["", String(repeating: "x", count: 108)])
    func longPath(_ path: String) {
        #expect(throws: HTTPServerError.self) { try Self.server(.unixSocket(path: path, mode: 0o600)).start() }
    }

    @Test("A socket that was inherited is served") func inherited() async throws {
        let listener = try ListeningSocket(HTTPServerConfiguration(port: 0))
        let server = Self.server(.inherited(descriptor: dup(listener.socket.descriptor)))
        let address = try server.start()
        #expect(address == listener.address)
        #expect(try await Self.ask(address)?.status == 200)
        await server.shutdown(within: .seconds(10))
    }

    @Test("Who connects to an inherited socket while the server goes away waits for the next one")
    func handedOn() async throws {
        let listener = try ListeningSocket(HTTPServerConfiguration(port: 0))
        let first = Self.server(.inherited(descriptor: dup(listener.socket.descriptor)))
        let address = try first.start()
        first.beginDraining()
        async let early = Self.ask(address)
        await first.shutdown(within: .seconds(10))
        async let late = Self.ask(address)
        // Both may be there at once.
        let second = Self.server(.inherited(descriptor: dup(listener.socket.descriptor)), connectionsPerAddress: 2)
        _ = try second.start()
        #expect(try await early?.status == 200)
        #expect(try await late?.status == 200)
        await second.shutdown(within: .seconds(10))
    }

    @Test("A listening socket that stops to listen is given up, with one word to the log; who is connected is served")
    func broken() async throws {
        let levels = Mutex<[Logger.Level]>([])
        let logger = Logger(label: "test") { _ in
            LevelRecorder { level in levels.withLock { $0.append(level) } }
        }
        let listener = try ListeningSocket(HTTPServerConfiguration(port: 0))
        var configuration = HTTPServerConfiguration()
        configuration.endpoint = .inherited(descriptor: dup(listener.socket.descriptor))
        let server = HTTPServer(configuration: configuration, logger: logger, handler: Self.ok)
        let address = try server.start()
        try await script {
            let client = try TestClient(address)
            try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(try client.response()?.status == 200)
            #expect(!server.hasLostListener)
            // Whoever shares the socket can do that.
            #expect(Glibc.shutdown(listener.socket.descriptor, Int32(SHUT_RD)) == 0)
            for _ in 0..<100 {
                try client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try client.response()?.status == 200)
            }
        }
        await server.shutdown(within: .seconds(10))
        #expect(server.hasLostListener)
        #expect(levels.withLock { $0 } == [.info, .critical])
    }

    @Test("What is no listening socket is not inherited") func notListening() throws {
        let file = open("/dev/null", O_RDONLY)
        let unconnected = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        for descriptor in [file, unconnected] {
            #expect(throws: HTTPServerError.notAListeningSocket(descriptor: descriptor)) {
                try Self.server(.inherited(descriptor: descriptor)).start()
            }
            close(descriptor)
        }
    }

    @Test("A socket is inherited only by the process that it is meant for, and only one") func environment() throws {
        func descriptor(_ variables: [String: String]) throws(HTTPServerError) -> Int32? {
            try InheritedSocket.descriptor(processID: 42) { variables[$0] }
        }
        #expect(try descriptor(["LISTEN_PID": "42", "LISTEN_FDS": "1"]) == 3)
        for variables in [
            [:], ["LISTEN_PID": "41", "LISTEN_FDS": "1"], ["LISTEN_PID": "42"], ["LISTEN_FDS": "1"],
            ["LISTEN_PID": "42", "LISTEN_FDS": "0"], ["LISTEN_PID": "42", "LISTEN_FDS": "x"],
        ] {
            #expect(try descriptor(variables) == nil)
        }
        #expect(throws: HTTPServerError.tooManyInheritedSockets(count: 2)) {
            try descriptor(["LISTEN_PID": "42", "LISTEN_FDS": "2"])
        }
    }

    @Test(
        "The service manager is told at a path or an abstract name",
        arguments: ["/tmp/clipseg-test-", "@clipseg-test-"])
    func notify(_ prefix: String) throws {
        let name = prefix + "\(UInt64.random(in: 0 ... .max))"
        defer { unlink(name) }
        var bytes = Array(name.utf8)
        if bytes[0] == UInt8(ascii: "@") { bytes[0] = 0 }
        let manager = Socket(adopting: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        let address = try #require(UnixAddress(bytes))
        #expect(address.withPointer { bind(manager.descriptor, $0, $1) } == 0)
        try manager.configure()
        ServiceManager.notify(.ready, at: name)
        var buffer = [UInt8](repeating: 0, count: 100)
        let count = try manager.receive(into: &buffer)
        #expect(String(decoding: buffer[..<count], as: UTF8.self) == "READY=1")
        // Nobody to tell is no failure.
        ServiceManager.notify(.stopping, at: "/nonexistent/socket")
        ServiceManager.notify(.stopping, at: "nonsense")
    }
}

@Suite struct ServiceManagerTests {
    @Test("A service manager that does not read is not waited for", .timeLimit(.minutes(5))) func full() throws {
        let name = "@clipseg-test-\(UInt64.random(in: 0 ... .max))"
        let manager = Socket(adopting: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        let address = try #require(UnixAddress([0] + Array(name.utf8.dropFirst())))
        #expect(address.withPointer { bind(manager.descriptor, $0, $1) } == 0)
        let sender = Socket(adopting: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
        var sent = 0
        while sent >= 0 {
            sent = address.withPointer { sendto(sender.descriptor, name, 1, Int32(MSG_DONTWAIT), $0, $1) }
        }
        #expect(errno == EAGAIN)
        ServiceManager.notify(.stopping, at: name)
    }
}

private struct LevelRecorder: LogHandler {
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]
    let record: @Sendable (Logger.Level) -> Void

    init(_ record: @escaping @Sendable (Logger.Level) -> Void) {
        self.record = record
    }

    func log(event: LogEvent) { record(event.level) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
