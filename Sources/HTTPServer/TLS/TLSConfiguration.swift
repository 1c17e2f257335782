/// The files that TLS needs. All are PEM (RFC 7468).
public struct TLSConfiguration: Sendable, Hashable {
    /// The server's certificate, followed by those between it and the root, in this order (RFC 8446 §4.4.2).
    public var certificateFile: String
    /// The certificate's private key, not encrypted.
    public var keyFile: String
    /// Certificates of authorities. With it, clients must show a certificate that one of them has issued (mutual TLS).
    public var clientAuthorityFile: String?

    /// TLS with these files, which are read when the server starts and at each reload.
    public init(certificateFile: String, keyFile: String, clientAuthorityFile: String? = nil) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.clientAuthorityFile = clientAuthorityFile
    }
}
