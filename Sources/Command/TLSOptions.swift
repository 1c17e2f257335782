import ArgumentParser
import HTTPServer

/// The files that HTTPS needs.
struct TLSOptions: ParsableArguments {
    @Option(
        help: """
            The server's certificate, PEM, followed by those between it and the root. With it, HTTPS is served (TLS 1.2 and \
            1.3). SIGHUP reads the files anew.
            """, completion: .file())
    var tlsCert: String?

    @Option(help: "The private key of --tls-cert, PEM, not encrypted.", completion: .file())
    var tlsKey: String?

    @Option(
        help: "Certificates of authorities, PEM; clients must show a certificate that one of them has issued.",
        completion: .file())
    var tlsClientCa: String?

    func validate() throws {
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together: give both, or neither.")
        }
        guard tlsClientCa == nil || tlsCert != nil else {
            throw ValidationError("--tls-client-ca needs --tls-cert and --tls-key.")
        }
    }

    /// `nil` for plain HTTP.
    var configuration: TLSConfiguration? {
        guard let tlsCert, let tlsKey else { return nil }
        return TLSConfiguration(certificateFile: tlsCert, keyFile: tlsKey, clientAuthorityFile: tlsClientCa)
    }
}
