import CTLS
import Foundation
import TestAuthority
import Testing

@testable import HTTPServer

/// What client and server agree on, and who is turned away.
@Suite struct TLSHandshakeTests {
    private static let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let answer: HTTPHandler = { _ in .now(HTTPResponse(text: "ok")) }

    /// The security of a connection over which a request was answered.
    private static func ask(_ address: SocketAddress, _ options: TLSClientOptions) async throws
        -> TLSTestConnection.Summary?
    {
        try await script {
            let client = try TestClient(address, tls: options)
            try client.send(get)
            #expect(try client.response()?.text == "ok")
            return client.security
        }
    }

    /// Why a connection, or the first request over it, came to nothing.
    private static func refusal(_ address: SocketAddress, _ options: TLSClientOptions) async throws -> String {
        try await script {
            do {
                let client = try TestClient(address, tls: options)
                // In TLS 1.3 a client is done before the server has seen its certificate.
                try client.send(get)
                let response = try client.response()
                return "answered \(response?.status ?? 0)"
            } catch let error as TransportError {
                return "\(error)"
            }
        }
    }

    @Test(
        "TLS 1.2 and 1.3 are spoken, without compression and resumption", arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func versions(_ version: Int32) async throws {
        try await withServer(over: .tls, handler: Self.answer) { _, address in
            let security = try await Self.ask(address, TLSClientOptions(version: version))
            #expect(security?.version == (version == TLS1_3_VERSION ? "TLSv1.3" : "TLSv1.2"))
            #expect(security?.isCompressed == false)
            #expect(security?.isResumed == false)
            #expect(security?.serverName == "CN=localhost")
        }
    }

    @Test("Older versions are refused", arguments: [TLS1_VERSION, TLS1_1_VERSION]) func oldVersions(_ version: Int32)
        async throws
    {
        try await withServer(over: .tls, handler: Self.answer) { _, address in
            let refusal = try await Self.refusal(address, TLSClientOptions(version: version))
            #expect(refusal.contains("alert protocol version"))
        }
    }

    @Test("The server chooses among the ciphers that keep past traffic secret; others are refused") func ciphers()
        async throws
    {
        try await withServer(over: .tls, handler: Self.answer) { _, address in
            let offered = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256"
            let security = try await Self.ask(address, TLSClientOptions(version: TLS1_2_VERSION, ciphers: offered))
            #expect(security?.cipher == "ECDHE-ECDSA-AES128-GCM-SHA256")
            for weak in ["ECDHE-ECDSA-AES128-SHA256", "AES128-GCM-SHA256", "DHE-RSA-AES128-GCM-SHA256", "aNULL"] {
                let refusal = try await Self.refusal(address, TLSClientOptions(version: TLS1_2_VERSION, ciphers: weak))
                #expect(refusal.contains("handshake failure"), "\(weak)")
            }
        }
    }

    @Test("ALPN selects http/1.1, and a client that speaks only something else is told so (RFC 7301)") func alpn()
        async throws
    {
        try await withServer(over: .tls, handler: Self.answer) { _, address in
            for protocols in [["h2", "http/1.1"], ["http/1.1"], ["x", "http/1.1", "h2"]] {
                let security = try await Self.ask(address, TLSClientOptions(protocols: protocols))
                #expect(security?.selectedProtocol == "http/1.1")
            }
            #expect(try await Self.ask(address, TLSClientOptions())?.selectedProtocol.isEmpty == true)
            for protocols in [["h2"], ["http/1.0", "http/1"]] {
                let refusal = try await Self.refusal(address, TLSClientOptions(protocols: protocols))
                #expect(refusal.contains("alert no application protocol"))
            }
        }
    }

    @Test("A client can verify the server, and refuses another authority's") func verification() async throws {
        let (authority, stranger) = (try TestAuthority(), try TestAuthority("Stranger"))
        let files = try authority.issue("localhost")
        try await withServer({ $0.tls = files }, handler: Self.answer) { _, address in
            let trusting = TLSClientOptions(authorityFile: authority.certificateFile)
            #expect(try await Self.ask(address, trusting) != nil)
            let refusal = try await Self.refusal(
                address, TLSClientOptions(authorityFile: stranger.certificateFile))
            #expect(refusal.contains("certificate verify failed"))
        }
    }

    @Test(
        "Under mutual TLS, only clients with a good certificate of the right authority get in",
        arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func mutual(_ version: Int32) async throws {
        let (authority, stranger) = (try TestAuthority(), try TestAuthority())
        var files = try authority.issue("localhost")
        files.clientAuthorityFile = authority.certificateFile
        let clients = [
            ("", try authority.issue("friend", file: "friend")),
            ("alert unknown ca|alert bad certificate|alert decrypt error", try stranger.issue("foe", file: "foe")),
            ("alert certificate expired", try authority.issue("old friend", file: "old", days: -1)),
            ("alert certificate required|alert handshake failure|alert bad certificate", nil),
        ]
        try await withServer({ [files] in $0.tls = files }, handler: Self.answer) { _, address in
            for (reasons, certificate) in clients {
                let options = TLSClientOptions(version: version, certificate: certificate)
                if reasons.isEmpty {
                    #expect(try await Self.ask(address, options) != nil)
                } else {
                    let refusal = try await Self.refusal(address, options)
                    #expect(reasons.split(separator: "|").contains { refusal.contains($0) }, "\(refusal)")
                }
            }
        }
    }

    @Test("A client's certificates, those between them and their authority included, have 32 KiB at most")
    func longChain() async throws {
        let authority = try TestAuthority()
        var files = try authority.issue("localhost")
        files.clientAuthorityFile = authority.certificateFile
        let link = try String(contentsOfFile: authority.certificateFile, encoding: .utf8)
        func client(_ links: Int) throws -> TLSClientOptions {
            let certificate = try authority.issue("friend", file: "friend")
            let own = try String(contentsOfFile: certificate.certificateFile, encoding: .utf8)
            let chain = own + String(repeating: link, count: links)
            try chain.write(toFile: certificate.certificateFile, atomically: true, encoding: .utf8)
            return TLSClientOptions(certificate: certificate)
        }
        try await withServer({ [files] in $0.tls = files }, handler: Self.answer) { _, address in
            #expect(try await Self.ask(address, client(40)) != nil)
            let refusal = try await Self.refusal(address, client(120))
            #expect(refusal.contains("alert illegal parameter"), "\(refusal)")
        }
    }

    @Test("A client can't renegotiate") func renegotiation() async throws {
        try await withServer(over: .tls, handler: Self.answer) { _, address in
            let options = TLSClientOptions(version: TLS1_2_VERSION)
            try await script {
                let client = try TestClient(address, tls: options)
                try client.send(Self.get)
                #expect(try client.response()?.status == 200)
                let error = #expect(throws: TransportError.self) { try client.renegotiate() }
                #expect(error?.description == "no renegotiation")
            }
            #expect(try await Self.ask(address, options) != nil)
        }
    }
}
