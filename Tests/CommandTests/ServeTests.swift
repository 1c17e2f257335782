import Foundation
import Glibc
import Testing

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

@Suite struct ServeTests {
    @Test("serve answers over HTTP, and SIGTERM ends it with 0 after what is in flight")
    func lifecycle() async throws {
        let server = try await RunningServer(environment: ["CLIPSEG_PORT": "0", "CLIPSEG_MAX_QUEUE": "500"])
        let image = try Data(contentsOf: URL(fileURLWithPath: Program.scene))

        let first = try await server.segment(image)
        #expect(first.status == 200)
        #expect(first.body.starts(with: [0x89, 0x50, 0x4E, 0x47]))

        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<32 { group.addTask { try await server.segment(image).status } }
            try await server.waitUntilReceived(33)
            server.process.terminate()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses.count == 32)
        #expect(statuses.allSatisfy { $0 == 200 })
        #expect(await server.exitStatus() == 0)
    }

    @Test("A flag wins over its twin in the environment")
    func precedence() async throws {
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "1", "CLIPSEG_PRECISION": "fp32"], arguments: ["--port", "0"])
        let model = try await server.get("/v1/model")
        #expect(String(decoding: model.body, as: UTF8.self).contains(#""precision":"fp32""#))
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test("The playground is there unless it is turned off", arguments: [([], 200), (["--no-playground"], 404)])
    func playground(options: [String], status: Int) async throws {
        let server = try await RunningServer(environment: ["CLIPSEG_PORT": "0"], arguments: options)
        #expect(try await server.get("/").status == status)
        #expect(try await server.get("/docs").status == 200)
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test("Workers that have no core to compute on are warned of", arguments: [0, 1])
    func workersWithoutCores(excess: Int) async throws {
        let cores = ProcessInfo.processInfo.activeProcessorCount
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0", "CLIPSEG_WORKERS": "\(cores + excess)"])
        let warnings = try server.log().split(separator: "\n").filter { $0.contains("more workers than cores") }
        #expect(warnings.count == excess)
        #expect(warnings.allSatisfy { $0.contains("cores=\(cores)") && $0.contains("workers=\(cores + 1)") })
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test("The log is a line of JSON for each request, and has no prompt unless asked", arguments: ["no", "yes"])
    func accessLog(logsPrompts: String) async throws {
        let server = try await RunningServer(
            environment: ["CLIPSEG_LOG_PROMPTS": logsPrompts], arguments: ["--port", "0"], logFormat: "json")
        _ = try await server.segment(try Data(contentsOf: URL(fileURLWithPath: Program.scene)))
        _ = try await server.get("/livez\n{\"forged\":1}")
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
        let log = try server.log()
        let lines = try log.split(separator: "\n").map { line in
            try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
        }
        let requests = lines.filter { $0["message"] as? String == "request" }
        #expect(requests.map { $0["status"] as? Int } == [200, 404])
        let stages = try #require(requests.first?["stages"] as? [String: Double])
        #expect(stages.keys.contains("read") && stages.keys.contains("encode"))
        #expect(log.contains("balloon") == (logsPrompts == "yes"))
    }

    @Test("API keys are asked for, read anew on SIGHUP, and logged by name; health has its own port")
    func access() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file("keys", Data("alice:0123456789abcdef\n".utf8))
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0", "CLIPSEG_API_KEY_FILE": file, "CLIPSEG_ADMIN_PORT": "0"])
        #expect(try await server.get("/v1/model").status == 401)
        #expect(try await server.get("/v1/model", key: "0123456789abcdef").status == 200)
        #expect(try await server.get("/livez", key: "0123456789abcdef").status == 404)
        #expect(try server.log().contains("listener=admin"))
        _ = try folder.file("keys", Data("bob:fedcba9876543210\n".utf8))
        kill(server.process.processIdentifier, SIGHUP)
        var status = 200
        for _ in 0..<200 where status == 200 {
            status = try await server.get("/v1/model", key: "0123456789abcdef").status
        }
        #expect(status == 401)
        #expect(try await server.get("/v1/model", key: "fedcba9876543210").status == 200)
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
        let log = try server.log()
        #expect(log.contains("key=alice") && log.contains("key=bob"))
        #expect(!log.contains("0123456789abcdef") && !log.contains("fedcba9876543210"))
    }

    @Test("During the drain delay the server is not ready, but serves new connections; a second signal ends it at once")
    func drainDelay() async throws {
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0"], arguments: ["--drain-delay", "3600"])
        #expect(try await server.get("/readyz").status == 200)
        server.process.terminate()
        var status = 200
        for _ in 0..<100 where status == 200 {
            status = try await server.get("/readyz").status
        }
        #expect(status == 503)
        #expect(try await server.get("/livez").status == 200)
        #expect(try await server.segment(try Data(contentsOf: URL(fileURLWithPath: Program.scene))).status == 200)
        server.process.terminate()
        #expect(await server.exitStatus() == 128 + SIGTERM)
    }

    @Test("A signal that comes while the model is loaded is heeded at once, and the service does not become ready")
    func signalWhileLoading() async throws {
        let folder = try TemporaryFolder()
        let manager = try NotificationSocket(path: folder.file("notify"))
        var log: [Substring] = []
        var isEarly = false
        // On a busy machine the model may be there before the signal.
        for _ in 0..<50 where !isEarly {
            while manager.receive() != "" {}
            let server = try await RunningServer(
                environment: ["CLIPSEG_PORT": "0", "NOTIFY_SOCKET": manager.path],
                arguments: ["--drain-delay", "0.01"], until: "address=")
            server.process.terminate()
            #expect(await server.exitStatus() == 0)
            log = try server.log().split(separator: "\n")
            let loaded = log.firstIndex { $0.contains("model loaded") }
            let stopping = log.firstIndex { $0.contains("shutting down") }
            if let loaded, let stopping, stopping < loaded { isEarly = true }
        }
        #expect(isEarly)
        #expect(!log.contains { $0.hasSuffix(": ready") })
        #expect(manager.receive() == "STOPPING=1")
        #expect(manager.receive() == "")
    }

    @Test("serve listens on a Unix-domain socket, tells the service manager, and leaves no socket behind")
    func unixSocket() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("socket")
        let manager = try NotificationSocket(path: folder.file("notify"))
        let server = try await RunningServer(
            environment: ["NOTIFY_SOCKET": manager.path],
            arguments: ["--unix-socket", path, "--unix-socket-mode", "600"])
        #expect(try server.log().contains("address=unix:\(path)"))
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(manager.receive() == "READY=1")
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
        #expect(manager.receive() == "STOPPING=1")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("Limits and clocks are options, and have twins")
    func limits() async throws {
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0", "CLIPSEG_MAX_BODY_BYTES": "1000", "CLIPSEG_MAX_PARTS": "2"],
            arguments: [
                "--max-header-count", "40", "--max-target-bytes=100", "--idle-timeout", "0.5", "--max-field-bytes=10",
            ])
        #expect(try await server.get("/livez").status == 200)
        #expect(try await server.get("/" + String(repeating: "x", count: 200)).status == 414)
        #expect(try await server.segment(Data(count: 1001)).status == 413)
        // A short prompt alone lacks an image.
        #expect(try await server.segment(prompts: ["1234567890"]).status == 400)
        #expect(try await server.segment(prompts: ["12345678901"]).status == 413)
        #expect(try await server.segment(prompts: ["1", "2", "3"]).status == 413)
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test("Out of descriptors, the server says so once and does not spin, and goes on when clients have left")
    func outOfDescriptors() async throws {
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0"], arguments: ["--first-byte-timeout", "3600"], openFiles: 40)
        let port = try #require(server.base.port)
        try await onThread {
            let clients = try (0..<60).map { _ in try RawClient(port: port) }
            for _ in 0..<600 where try !server.log().contains("not accepting") { usleep(10_000) }
            let before = try server.processorSeconds()
            sleep(2)
            #expect(try server.processorSeconds() - before < 1)
            let warnings = try server.log().split(separator: "\n").filter { $0.contains("not accepting") }
            #expect(warnings.count == 1 && warnings.first?.contains("Too many open files") == true)
            withExtendedLifetime(clients) {}
        }
        #expect(try await server.get("/livez").status == 200)
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test(
        "A body that no route wants is not waited for, and the log says why",
        arguments: [("POST /nowhere", 404, "not_found"), ("PUT /v1/segment", 405, "method_not_allowed")])
    func refusedHead(_ start: String, _ status: Int, _ code: String) async throws {
        let server = try await RunningServer(environment: ["CLIPSEG_PORT": "0"])
        let port = try #require(server.base.port)
        let answer = try await onThread {
            let client = try RawClient(port: port)
            let head = "\(start) HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nX-Request-Id: mine\r\n"
            try client.send(Array((head + "Content-Length: 1000000\r\n\r\n").utf8))
            return client.answer()
        }
        #expect(answer?.status == status && answer?.isWhole == true)
        #expect(answer?.head.contains("\r\nConnection: close\r\n") == true)
        #expect(answer?.head.contains("\r\nX-Request-Id: mine\r\n") == true)
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
        let line = try server.log().split(separator: "\n").first { $0.contains("id=mine") }
        #expect(line?.contains("status=\(status)") == true && line?.contains("code=\(code)") == true)
    }

    @Test("A port that is taken is status 69")
    func portTaken() async throws {
        let server = try await RunningServer(environment: ["CLIPSEG_PORT": "0"])
        let port = try #require(server.base.port)
        let second = try await Program.run("serve", "--port", "\(port)")
        #expect(second.status == 69)
        #expect(second.errors.contains("in use"))
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }
}

/// What systemd is to a service: a datagram socket that is told how it does.
final class NotificationSocket {
    let path: String
    private let descriptor: Int32

    init(path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        try #require(result == 0)
    }

    deinit { close(descriptor) }

    /// The next message that has arrived.
    func receive() -> String {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// A server process with the demo model on a free port, which ends with the test.
final class RunningServer: @unchecked Sendable {
    // Sendable: all properties are constants, and the process is only asked and signalled.
    let process = Process()
    let base: URL
    private let logPath: String
    private let folder: TemporaryFolder
    private let session: URLSession
    private let ended: Task<Void, any Error>

    struct TimedOut: Error { let log: String }

    /// - Parameters:
    ///   - openFiles: What the process may have open, if not as many as this one.
    ///   - sign: What the log says when it is time to go on; nil for when the server is ready.
    init(
        environment: [String: String], arguments: [String] = [], logFormat: String = "text", openFiles: Int? = nil,
        until sign: String? = nil
    ) async throws {
        folder = try TemporaryFolder()
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = 64
        session = URLSession(configuration: configuration)
        let log = try folder.file("log", Data())
        logPath = log
        let command = ["serve", "--log-format", logFormat] + arguments
        if let openFiles {
            process.executableURL = URL(fileURLWithPath: "/bin/sh")
            process.arguments = ["-c", "ulimit -n \(openFiles) && exec \"$0\" \"$@\"", Program.url.path] + command
        } else {
            process.executableURL = Program.url
            process.arguments = command
        }
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardError = FileHandle(forWritingAtPath: log)
        process.standardInput = FileHandle.nullDevice
        let process = process
        ended = Task { try await process.runToEnd() }

        var text = ""
        let ready = sign ?? (logFormat == "json" ? #""ready""# : " ready")
        for _ in 0..<600 where !text.contains(ready) {
            try await Task.sleep(for: .milliseconds(50))
            text = String(decoding: try Data(contentsOf: URL(fileURLWithPath: log)), as: UTF8.self)
        }
        let address = logFormat == "json" ? #""address":""# : "address="
        guard let start = text.range(of: address)?.upperBound,
            let url = URL(string: "http://" + text[start...].prefix { !$0.isWhitespace && $0 != "\"" })
        else { throw TimedOut(log: text) }
        base = url
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    func log() throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: logPath)), as: UTF8.self)
    }

    /// The time that the process has kept processors busy: proc_pid_stat(5), fields 14 and 15.
    func processorSeconds() throws -> Double {
        let stat = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        // The name, the second field, may hold anything but its last parenthesis.
        let fields = stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ")
        let ticks = fields[12...13].compactMap { Double($0) }.reduce(0, +)
        return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    func exitStatus() async -> Int32 {
        try? await ended.value
        return process.terminationStatus
    }

    func get(_ path: String, key: String? = nil) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: base.appendingPathComponent(path))
        if let key { request.setValue(key, forHTTPHeaderField: "X-API-Key") }
        return try await send(request)
    }

    func segment(_ image: Data) async throws -> (status: Int, body: Data) {
        var components = URLComponents(url: base.appendingPathComponent("/v1/segment"), resolvingAgainstBaseURL: false)
        components?.queryItems = [URLQueryItem(name: "prompt", value: "a picture of the balloon")]
        var request = URLRequest(url: components?.url ?? base)
        request.httpMethod = "POST"
        request.setValue("image/jpeg", forHTTPHeaderField: "Content-Type")
        request.httpBody = image
        return try await send(request)
    }

    /// Sends a form without an image.
    func segment(prompts: [String]) async throws -> (status: Int, body: Data) {
        var request = URLRequest(url: base.appendingPathComponent("/v1/segment"))
        request.httpMethod = "POST"
        request.setValue("multipart/form-data; boundary=b", forHTTPHeaderField: "Content-Type")
        let parts = prompts.map { "--b\r\nContent-Disposition: form-data; name=prompt\r\n\r\n\($0)\r\n" }
        request.httpBody = Data((parts.joined() + "--b--\r\n").utf8)
        return try await send(request)
    }

    /// Returns when so many segmentations are answered or in flight.
    func waitUntilReceived(_ count: Int) async throws {
        for _ in 0..<600 {
            let lines = String(decoding: try await get("/metrics").body, as: UTF8.self).split(separator: "\n")
            let received = lines.filter {
                $0.hasPrefix("clipseg_http_requests_in_flight") || $0.contains(#"requests_total{method="POST""#)
            }.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }.reduce(0, +)
            // One of those in flight is the question itself.
            if received - 1 >= count { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw TimedOut(log: "\(count) requests never arrived")
    }

    private func send(_ request: URLRequest) async throws -> (status: Int, body: Data) {
        let (body, response) = try await session.data(for: request)
        return ((response as? HTTPURLResponse)?.statusCode ?? 0, body)
    }
}
