import CTLS
import Glibc
import TestAuthority

@testable import HTTPServer

/// How a client speaks TLS.
struct TLSClientOptions: Sendable {
    /// The only version it speaks; nil for OpenSSL's choice.
    var version: Int32?
    /// Its ciphers for TLS 1.2 and older.
    var ciphers: String?
    /// The groups it offers; its first hello has a key of the first one only. Nil for OpenSSL's choice.
    var groups: String?
    /// The protocols it offers.
    var protocols: [String] = []
    /// Whom it trusts; nil for everybody.
    var authorityFile: String?
    /// Its own certificate.
    var certificate: TLSConfiguration?
    /// It says that it closes before it does.
    var closesCleanly = true

    /// A client's `SSL`.
    func makeConnection() throws -> OpaquePointer {
        let context = SSL_CTX_new(TLS_client_method())
        defer { SSL_CTX_free(context) }
        // As lenient as can be, so that it is the server who refuses.
        SSL_CTX_set_security_level(context, 0)
        if let ciphers { SSL_CTX_set_cipher_list(context, ciphers) }
        if let groups { ctls_ctx_set1_groups_list(context, groups) }
        if let authorityFile {
            SSL_CTX_load_verify_file(context, authorityFile)
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        }
        if let certificate {
            SSL_CTX_use_certificate_chain_file(context, certificate.certificateFile)
            SSL_CTX_use_PrivateKey_file(context, certificate.keyFile, SSL_FILETYPE_PEM)
        }
        guard let connection = SSL_new(context) else { throw TestAuthority.Failed() }
        if let version {
            SSL_ctrl(connection, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(version), nil)
            SSL_ctrl(connection, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(version), nil)
        }
        let list = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !list.isEmpty { SSL_set_alpn_protos(connection, list, UInt32(list.count)) }
        SSL_set_connect_state(connection)
        return connection
    }
}

/// The client's side of TLS over a socket that blocks.
///
/// Unchecked: a script uses a client from one thread at a time.
final class TLSTestConnection: @unchecked Sendable {
    struct Summary: Sendable {
        var version: String
        var cipher: String
        var selectedProtocol: String
        var serverName: String
        var isResumed: Bool
        var isCompressed: Bool
    }

    private let bio: SocketBIO
    private let connection: OpaquePointer
    private let options: TLSClientOptions

    init(over socket: Socket, _ options: TLSClientOptions) throws {
        self.options = options
        bio = SocketBIO(socket)
        bio.allowance = .max
        connection = try options.makeConnection()
        _ = bio.attach(to: connection)
        try check(SSL_do_handshake(connection))
    }

    deinit {
        if options.closesCleanly { SSL_shutdown(connection) }
        ERR_clear_error()
        SSL_free(connection)
    }

    var summary: Summary {
        var name: UnsafePointer<UInt8>?
        var length: UInt32 = 0
        SSL_get0_alpn_selected(connection, &name, &length)
        let certificate = SSL_get0_peer_certificate(connection)
        return Summary(
            version: String(cString: SSL_get_version(connection)),
            cipher: String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(connection))),
            selectedProtocol: String(decoding: UnsafeBufferPointer(start: name, count: Int(length)), as: UTF8.self),
            serverName: certificate.map { TLSCertificate($0).subject } ?? "",
            isResumed: SSL_session_reused(connection) == 1,
            isCompressed: SSL_get_current_compression(connection) != nil)
    }

    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            var count = 0
            try check(rest.withUnsafeBytes { SSL_write_ex(connection, $0.baseAddress, $0.count, &count) })
            rest = rest.dropFirst(count)
        }
    }

    /// 0 for close_notify; a connection that ends without is an error.
    func receive(into buffer: inout [UInt8]) throws -> Int {
        bio.allowance = .max
        var count = 0
        let size = buffer.count
        let status = buffer.withUnsafeMutableBytes { SSL_read_ex(connection, $0.baseAddress, size, &count) }
        if status != 1, SSL_get_error(connection, status) == SSL_ERROR_ZERO_RETURN { return 0 }
        try check(status)
        return count
    }

    /// Asks for another handshake on the same connection (TLS 1.2).
    func renegotiate() throws {
        try check(SSL_renegotiate(connection))
        try check(SSL_do_handshake(connection))
        var buffer: [UInt8] = [0]
        _ = try receive(into: &buffer)
    }

    private func check(_ status: Int32) throws {
        guard status != 1 else { return }
        if let error = TLSErrorQueue.take() { throw TransportError.tls(error.reason) }
        throw TransportError.system(bio.error ?? SystemError(number: EAGAIN))
    }
}
