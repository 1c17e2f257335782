/// Where a service tells whether it is ready.
public struct HealthEndpoint: Sendable, Equatable {
    public var url: String
    /// The Unix-domain socket to connect to, in place of the URL's host and port.
    public var unixSocket: String?
    /// Whether a certificate must be by an authority that is known here, and for the URL's host.
    public var verifiesCertificate = true

    public init(url: String, unixSocket: String? = nil) {
        self.url = url
        self.unixSocket = unixSocket
    }

    /// The service that `clipseg serve` is in the same environment, on this machine.
    ///
    /// Its certificate is for the name that others know it by, which is none of this machine's: it is not looked at.
    ///
    /// - Parameter variable: The value of an environment variable, if it is set.
    public init(variable: (String) -> String?) {
        func value(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        let host = value("CLIPSEG_HOST")
        // The admin port has health for itself, and speaks plain HTTP.
        if let port = value("CLIPSEG_ADMIN_PORT") {
            self.init(url: Self.url("http", value("CLIPSEG_ADMIN_HOST") ?? host, port))
            return
        }
        let scheme = value("CLIPSEG_TLS_CERT") == nil ? "http" : "https"
        if let path = value("CLIPSEG_UNIX_SOCKET") {
            self.init(url: "\(scheme)://localhost/readyz", unixSocket: path)
        } else {
            self.init(url: Self.url(scheme, host, value("CLIPSEG_PORT") ?? "8080"))
        }
        verifiesCertificate = false
    }

    private static func url(_ scheme: String, _ host: String?, _ port: String) -> String {
        "\(scheme)://\(authority(of: host ?? "127.0.0.1")):\(port)/readyz"
    }

    /// As it stands in a URL (RFC 3986 §3.2.2). Who listens on all addresses is asked on this machine's own.
    private static func authority(of host: String) -> String {
        switch host {
        case "0.0.0.0": "127.0.0.1"
        case "::": "[::1]"
        default: host.contains(":") ? "[\(host)]" : host
        }
    }
}
