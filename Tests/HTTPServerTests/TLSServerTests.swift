import Foundation
import Synchronization
import TestAuthority
import Testing

@testable import HTTPServer

/// The server with TLS, where it differs from the one without.
@Suite struct TLSServerTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let echo: HTTPHandler = { .now(HTTPResponse(status: .ok, body: $0.body)) }

    /// The subject of the certificate that a new client gets to see.
    private static func subject(_ address: SocketAddress) async throws -> String? {
        try await script {
            let client = try TestClient(address, over: .tls)
            try client.send(get)
            #expect(try client.response()?.status == 200)
            return client.security?.serverName
        }
    }

    private static func untilAllHaveLeft(_ server: HTTPServer) async throws {
        while server.openConnections > 0 { try await Task.sleep(for: .milliseconds(10)) }
    }

    @Test("20 MB go up and down, twice over one connection") func largeUpload() async throws {
        let body = (0..<20 * 1024 * 1024).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        try await withServer(over: .tls, handler: Self.echo) { _, address in
            try await script {
                let client = try TestClient(address, over: .tls)
                for _ in 0..<2 {
                    try client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\r\n")
                    try client.send(body)
                    #expect(try client.response()?.body == body)
                }
            }
        }
    }

    @Test("Requests of one client are answered in order, though they come in one record") func pipeline() async throws {
        try await withServer(over: .tls, handler: Self.echo) { _, address in
            try await script {
                let client = try TestClient(address, over: .tls)
                let requests = (100..<400).map { "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n\($0)" }
                try client.send(requests.joined())
                for index in 100..<400 { #expect(try client.response()?.text == "\(index)") }
            }
        }
    }

    @Test("A handshake that stalls is cut at its deadline, wherever it has got to") func stalls() async throws {
        try await withServer(over: .tls, { $0.timeouts.handshake = .milliseconds(300) }, handler: Self.echo) {
            server, address in
            try await script {
                let silent = try TestClient(address)
                let slow = try TestClient(address)
                // A record that promises 512 bytes of a ClientHello.
                try slow.send([22, 3, 1, 2, 0, 1])
                let begin = ContinuousClock.now
                #expect(try silent.isAtEnd())
                #expect(try slow.isAtEnd())
                #expect(ContinuousClock.now - begin < .seconds(5))
            }
            #expect(try await Self.subject(address) == "CN=localhost")
            try await Self.untilAllHaveLeft(server)
        }
    }

    @Test("The clock of the first byte begins with the end of the handshake; then close_notify is sent") func idle()
        async throws
    {
        try await withServer(over: .tls, { $0.timeouts.firstByte = .milliseconds(200) }, handler: Self.echo) {
            _, address in
            // Without close_notify this would throw.
            let isAtEnd = try await script { try TestClient(address, over: .tls).isAtEnd() }
            #expect(isAtEnd)
        }
    }

    @Test("A client that speaks plain HTTP is told so", arguments: ["GET", "POST", "HEAD", "PUT"])
    func plainHTTP(_ method: String) async throws {
        try await withServer(over: .tls, handler: Self.echo) { server, address in
            try await script {
                let client = try TestClient(address)
                try client.send("\(method) / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
                let response = try client.response()
                #expect(response?.status == 400)
                #expect(response?.text.contains("https_required") == true)
                #expect(try client.isAtEnd())
            }
            try await Self.untilAllHaveLeft(server)
        }
    }

    @Test("Garbage closes the connection, and harms nobody else") func garbage() async throws {
        try await withServer(over: .tls, handler: Self.echo) { server, address in
            for length in [1, 5, 6, 100, 100_000] {
                try await script {
                    let client = try TestClient(address)
                    try? client.send((0..<length).map { _ in UInt8.random(in: 0...255) })
                }
            }
            #expect(try await Self.subject(address) == "CN=localhost")
            try await Self.untilAllHaveLeft(server)
        }
    }

    @Test(
        "A connection that ends without close_notify is over, with its request whole or not",
        arguments: ["", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf", get])
    func truncated(_ text: String) async throws {
        try await withServer(over: .tls, handler: Self.echo) { server, address in
            try await script {
                let client = try TestClient(address, tls: TLSClientOptions(closesCleanly: false))
                try client.send(text)
            }
            try await Self.untilAllHaveLeft(server)
        }
    }

    // MARK: - Reload

    @Test("A new certificate is for new connections; those that are open go on, under load too") func reload()
        async throws
    {
        let authority = try TestAuthority()
        let files = try authority.issue("first")
        try await withServer(
            {
                $0.tls = files
                $0.timeouts.firstByte = .seconds(3600)
            }, handler: Self.echo
        ) { server, address in
            let old = try await script { try TestClient(address, over: .tls) }
            let isOver = Atomic(false)
            let answered = Atomic(0)
            async let load: Void = script {
                while !isOver.load(ordering: .relaxed) {
                    let client = try TestClient(address, over: .tls)
                    for _ in 0..<3 {
                        try client.send(Self.get)
                        #expect(try client.response()?.status == 200)
                    }
                    answered.add(1, ordering: .relaxed)
                }
            }
            #expect(try await Self.subject(address) == "CN=first")
            for index in 0..<20 {
                _ = try authority.issue("number \(index)")
                try server.reloadCertificate()
                #expect(try await Self.subject(address) == "CN=number \(index)")
            }
            isOver.store(true, ordering: .relaxed)
            try await load
            #expect(answered.load(ordering: .relaxed) > 0)
            try await script {
                try old.send(Self.get)
                #expect(try old.response()?.status == 200)
                #expect(old.security?.serverName == "CN=first")
            }
        }
    }

    @Test("A certificate that is of no use leaves the old one in place") func badReload() async throws {
        let (authority, other) = (try TestAuthority(), try TestAuthority())
        let files = try authority.issue("good")
        let otherKey = try other.issue("other").keyFile
        try await withServer({ $0.tls = files }, handler: Self.echo) { server, address in
            // The key has been replaced and the certificate not yet.
            try FileManager.default.removeItem(atPath: files.keyFile)
            try FileManager.default.copyItem(atPath: otherKey, toPath: files.keyFile)
            let error = #expect(throws: TLSError.self) { try server.reloadCertificate() }
            #expect(error == .keyMismatch(keyFile: files.keyFile, certificateFile: files.certificateFile))
            #expect(try await Self.subject(address) == "CN=good")
        }
    }
}
