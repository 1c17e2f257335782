internal import CTLS
internal import Glibc

/// What TLS connections have in common: certificate, key, protocol versions, ciphers. Never changed once it is made.
///
/// Versions and ciphers are Mozilla's "intermediate" less finite-field Diffie-Hellman: TLS 1.3 with OpenSSL's own choice, and
/// 1.2 with ephemeral keys and authenticated encryption only (RFC 9325 §4.2). There is no 0-RTT, whose data may be replayed.
///
/// Sessions are not resumed. The keys to OpenSSL's tickets would be kept for as long as the process runs, and whoever gets hold
/// of them reads all that was said before (RFC 9325 §3.4); and a client that no longer passes the authorities of mutual TLS
/// would still get in. A full handshake costs about a millisecond, once a connection.
final class TLSContext: Sendable {
    // OpenSSL guards an SSL_CTX's reference count, and all else is only read after init (openssl-threads(7)).
    private nonisolated(unsafe) let context: OpaquePointer

    /// The server's own.
    let certificate: TLSCertificate

    /// Reads the files.
    init(_ configuration: TLSConfiguration) throws(TLSError) {
        TLSErrorQueue.clear()
        guard let context = SSL_CTX_new(TLS_server_method()) else { throw Self.setupError }
        do {
            try Self.restrict(context)
            certificate = try Self.load(configuration, into: context)
            if let file = configuration.clientAuthorityFile { try Self.requireClients(of: file, in: context) }
        } catch {
            SSL_CTX_free(context)
            throw error
        }
        SSL_CTX_set_alpn_select_cb(context, Self.selectProtocol, nil)
        self.context = context
    }

    deinit {
        // Connections hold references of their own.
        SSL_CTX_free(context)
    }

    /// A new connection's state, the caller's to free; `nil` when memory is short.
    func makeConnection() -> OpaquePointer? { SSL_new(context) }

    // MARK: - Versions and ciphers

    private static func restrict(_ context: OpaquePointer) throws(TLSError) {
        ctls_ctx_configure(context)
        SSL_CTX_set_security_level(context, 2)
        guard ctls_ctx_set_min_proto_version(context, TLS1_2_VERSION) == 1,
            SSL_CTX_set_cipher_list(context, ciphers) == 1,
            ctls_ctx_set1_groups_list(context, "X25519:P-256:P-384") == 1,
            SSL_CTX_set_num_tickets(context, 0) == 1
        else { throw setupError }
    }

    /// For TLS 1.2; TLS 1.3 has its own, all sound.
    private static let ciphers = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ].joined(separator: ":")

    private static var setupError: TLSError { .setup(reason: TLSErrorQueue.take()?.reason ?? "no memory") }

    // MARK: - Files

    private static func load(_ configuration: TLSConfiguration, into context: OpaquePointer) throws(TLSError)
        -> TLSCertificate
    {
        let certificateFile = configuration.certificateFile
        try checkReadable(certificateFile)
        guard SSL_CTX_use_certificate_chain_file(context, certificateFile) == 1,
            let certificate = SSL_CTX_get0_certificate(context)
        else { throw .badCertificate(path: certificateFile, reason: lastReason) }
        let keyFile = configuration.keyFile
        try checkReadable(keyFile)
        // Without this, OpenSSL would ask for an encrypted key's password on the terminal.
        SSL_CTX_set_default_passwd_cb(context) { _, _, _, _ in -1 }
        guard SSL_CTX_use_PrivateKey_file(context, keyFile, SSL_FILETYPE_PEM) == 1 else {
            let error = TLSErrorQueue.take()
            guard let error, error.code != X509_R_KEY_VALUES_MISMATCH, error.code != X509_R_KEY_TYPE_MISMATCH else {
                throw .keyMismatch(keyFile: keyFile, certificateFile: certificateFile)
            }
            throw .badKey(path: keyFile, reason: error.reason)
        }
        guard SSL_CTX_check_private_key(context) == 1 else {
            TLSErrorQueue.clear()
            throw .keyMismatch(keyFile: keyFile, certificateFile: certificateFile)
        }
        return TLSCertificate(certificate)
    }

    private static func requireClients(of file: String, in context: OpaquePointer) throws(TLSError) {
        try checkReadable(file)
        guard SSL_CTX_load_verify_file(context, file) == 1, let names = SSL_load_client_CA_file(file) else {
            throw .badCertificate(path: file, reason: lastReason)
        }
        // Clients with several certificates choose by the names.
        SSL_CTX_set_client_CA_list(context, names)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }

    /// OpenSSL's own words for a file that is missing don't say which.
    private static func checkReadable(_ path: String) throws(TLSError) {
        do {
            _ = try valueOrError { access(path, R_OK) }
        } catch {
            throw error.number == ENOENT
                ? .noSuchFile(path: path) : .unreadable(path: path, reason: error.description)
        }
    }

    private static var lastReason: String { TLSErrorQueue.take()?.reason ?? "OpenSSL does not say why" }

    // MARK: - ALPN

    /// The client's list is one of names, each after a byte with its length (RFC 7301 §3.1). A client that lists only what is
    /// not spoken here is told so, with the alert no_application_protocol (§3.2); one that lists nothing gets HTTP/1.1.
    private static let selectProtocol: SSL_CTX_alpn_select_cb_func = { _, selected, length, list, listLength, _ in
        guard let selected, let length, let list else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        let names = UnsafeBufferPointer(start: list, count: Int(listLength))
        var start = names.startIndex
        while start < names.endIndex {
            let name = names[(start + 1)...].prefix(Int(names[start]))
            if name.elementsEqual("http/1.1".utf8) {
                selected.pointee = list + start + 1
                length.pointee = UInt8(name.count)
                return SSL_TLSEXT_ERR_OK
            }
            start += 1 + Int(names[start])
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }
}
