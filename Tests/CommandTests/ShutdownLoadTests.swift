import Foundation
import Testing

/// Half a minute's work, and many times that under a sanitizer.
@Suite struct ShutdownLoadTests {
    private static let count = 1000

    /// One grey pixel, which takes little more than the model.
    private static let image = Data(
        base64Encoded: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==")

    private static func segment(prompts: Int, image: Data) -> [UInt8] {
        let query = (0..<prompts).map { "prompt=car+\($0)" }.joined(separator: "&")
        let head = """
            POST /v1/segment?\(query) HTTP/1.1\r
            Host: localhost\r
            Content-Type: image/png\r
            Content-Length: \(image.count)\r
            \r\n
            """
        return Array(head.utf8) + image
    }

    private static func requestsInFlight(_ port: Int) throws -> Int {
        let client = try RawClient(port: port)
        try client.send(Array("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
        let metrics = String(decoding: try #require(client.answer()).body, as: UTF8.self)
        let line = metrics.split(separator: "\n").first { $0.hasPrefix("clipseg_http_requests_in_flight ") }
        return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
    }

    @Test("A thousand requests in flight at SIGTERM are all answered whole", .timeLimit(.minutes(20)))
    func thousand() async throws {
        // Room for the clients, and for the server's side of them in the process that inherits it.
        try #require(RawClient.allowOpenFiles(Self.count + 500), "raise ulimit -n")
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0"],
            arguments: [
                "--workers", "2", "--threads-per-worker", "1", "--max-queue", "2000", "--request-timeout", "1200",
                "--shutdown-timeout", "1200", "--first-byte-timeout", "1200", "--access-log", "errors",
            ])
        let port = try #require(server.base.port)
        let image = try #require(Self.image)
        let process = server.process.processIdentifier
        // All on one thread: tests that compute may keep Swift's own from going on for seconds.
        let clients = try await onThread {
            let slow = Self.segment(prompts: 64, image: image)
            let quick = Self.segment(prompts: 1, image: image)
            // The slow ones keep the workers busy until the others are all there.
            let requests = Array(repeating: slow, count: 32) + Array(repeating: quick, count: Self.count)
            let clients = try requests.map { _ in try RawClient(port: port) }
            for (client, request) in zip(clients, requests) { try client.send(request) }
            var inFlight = 0
            for _ in 0..<600 where inFlight <= Self.count { inFlight = try Self.requestsInFlight(port) }
            try #require(inFlight > Self.count)
            kill(process, SIGTERM)
            return clients
        }
        let answers = try await onThread { clients.map { $0.answer() } }
        #expect(answers.allSatisfy { $0?.status == 200 && $0?.isWhole == true })
        #expect(answers.allSatisfy { $0?.body.starts(with: [0x89, 0x50, 0x4E, 0x47]) == true })
        #expect(await server.exitStatus() == 0)
        // Not just the word: a sanitizer's report may name an exeCUTor.
        let cut = try server.log().split(separator: "\n").filter {
            $0.contains(" cut=true") || $0.contains("cut connections")
        }
        #expect(cut.isEmpty)
    }
}
