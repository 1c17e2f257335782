import Dispatch
import Glibc
import Logging
import Synchronization
import Testing

@testable import HTTPServer

@Suite struct ShutdownTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    /// Holds handlers back until the test lets them go.
    private final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var arrived = 0
            var waiting: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        var arrived: Int { state.withLock { $0.arrived } }

        func pass() async {
            await withCheckedContinuation { continuation in
                let isOpen = state.withLock { state in
                    state.arrived += 1
                    if !state.isOpen { state.waiting.append(continuation) }
                    return state.isOpen
                }
                if isOpen { continuation.resume() }
            }
        }

        func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [] }
                return state.waiting
            }
            for continuation in waiting { continuation.resume() }
        }
    }

    @Test("Every request in flight when the shutdown begins is answered") func answersAll() async throws {
        let gate = Gate()
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0)) { _ in
            .later {
                await gate.pass()
                return HTTPResponse(text: "done")
            }
        }
        let address = try server.start()
        let count = 200
        let clients = try await script {
            let clients = try (0..<count).map { _ in try TestClient(address) }
            for client in clients { try client.send(Self.get) }
            return clients
        }
        while gate.arrived < count { try await Task.sleep(for: .milliseconds(10)) }
        async let cut = server.shutdown(within: .seconds(60))
        // A new client is turned away once the server has stopped to listen.
        while try await script({ (try? TestClient(address)) != nil }) { try await Task.sleep(for: .milliseconds(10)) }
        gate.open()
        let answers = try await script { try clients.map { try $0.response() } }
        #expect(answers.allSatisfy { $0?.text == "done" && $0?.head.contains("Connection: close\r\n") == true })
        #expect(await cut == 0)
        #expect(server.openConnections == 0)
    }

    @Test("Requests of connections that the kernel holds are answered before the listener closes") func answersBacklog()
        async throws
    {
        let (busy, becameBusy) = AsyncStream<Void>.makeStream()
        let release = DispatchSemaphore(value: 0)
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0)) { request in
            if request.path == "/block" {
                becameBusy.finish()
                release.wait()
            }
            return .now(HTTPResponse(text: "done"))
        }
        let address = try server.start()
        let blocker = try await script {
            let client = try TestClient(address)
            try client.send("GET /block HTTP/1.1\r\nHost: a\r\n\r\n")
            return client
        }
        for await _ in busy {}
        // The event loop stands still: the shutdown comes next, whatever arrives meanwhile.
        async let cut = server.shutdown(within: .seconds(60))
        try await Task.sleep(for: .milliseconds(100))
        let clients = try await script {
            let clients = try (0..<100).map { _ in try TestClient(address) }
            for client in clients { try client.send(Self.get) }
            return clients + [blocker]
        }
        release.signal()
        let answers = try await script { try clients.map { try $0.response() } }
        #expect(answers.allSatisfy { $0?.text == "done" })
        #expect(await cut == 0)
        #expect(try await script { (try? TestClient(address)) == nil })
    }

    @Test("A listener that accepts nothing but errors does not keep the server from stopping", .timeLimit(.minutes(5)))
    func brokenListener() async throws {
        let configuration = HTTPServerConfiguration(port: 0)
        let loop = EventLoop(
            configuration: configuration, logger: Logger(label: "test"), onAnswer: nil, inspection: nil
        ) { _ in .now(HTTPResponse(text: "ok")) }
        let listener = try ListeningSocket(configuration)
        try loop.listen(on: listener)
        // From now on accept(2) says EINVAL.
        try #require(Glibc.shutdown(listener.socket.descriptor, Int32(SHUT_RD)) == 0)
        #expect(await loop.shutDown(within: .seconds(60)) == 0)
    }

    @Test("A request whose first bytes have arrived is finished, an idle connection closed") func partialRequest()
        async throws
    {
        var configuration = HTTPServerConfiguration(port: 0)
        // Among all the other tests, this one may have to wait for its turn.
        configuration.timeouts.header = .seconds(600)
        let server = HTTPServer(configuration: configuration) { _ in .now(HTTPResponse(text: "done")) }
        let address = try server.start()
        let (begun, beginning) = AsyncStream<Void>.makeStream()
        async let answer = script {
            let idle = try TestClient(address)
            try idle.send(Self.get)
            #expect(try idle.response()?.status == 200)
            let partial = try TestClient(address)
            try partial.send("GET / HTTP/1.1\r\n")
            beginning.finish()
            // The end of the idle connection shows that the shutdown is under way.
            #expect(try idle.isAtEnd())
            try partial.send("Host: a\r\n\r\n")
            return try partial.response()
        }
        for await _ in begun {}
        let cut = await server.shutdown(within: .seconds(60))
        #expect(cut == 0)
        #expect(try await answer?.text == "done")
    }

    @Test("What is not over in time is cut, and counted") func cutsLate() async throws {
        let (arrived, arrival) = AsyncStream<Void>.makeStream()
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0)) { _ in
            .later {
                arrival.finish()
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(10)) }
                return HTTPResponse(text: "never")
            }
        }
        let address = try server.start()
        async let answer = script {
            let client = try TestClient(address)
            try client.send(Self.get)
            return try client.response()
        }
        for await _ in arrived {}
        #expect(await server.shutdown(within: .milliseconds(50)) == 1)
        #expect(try await answer == nil)
        #expect(server.openConnections == 0)
    }

    @Test("Draining still serves, and says that the connection closes") func draining() async throws {
        try await withServer(handler: { _ in .now(HTTPResponse(text: "ok")) }) { server, address in
            server.beginDraining()
            let response = try await script {
                let client = try TestClient(address)
                try client.send(Self.get)
                return try client.response()
            }
            #expect(response?.status == 200)
            #expect(response?.head.contains("Connection: close\r\n") == true)
        }
    }
}
