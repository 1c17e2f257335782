import ArgumentParser
import HTTPServer
import Segmentation

/// The options of `serve` that are not about the model.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address or host name to listen on; 0.0.0.0 or :: for all.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one and logs it.")
    var port = 8080

    @Option(
        help: """
            The server's certificate, PEM, followed by those between it and the root; with it, HTTPS is served. SIGHUP reads \
            the files of all three TLS options anew.
            """, completion: .file())
    var tlsCert: String?

    @Option(help: "The private key of --tls-cert, PEM, not encrypted.", completion: .file())
    var tlsKey: String?

    @Option(
        help: "Certificates of authorities, PEM; clients must show a certificate that one of them has issued.",
        completion: .file())
    var tlsClientCa: String?

    @Option(help: "The number of requests that compute at the same time.")
    var workers = 1

    @Option(help: "The number of threads that a request computes with.")
    var threadsPerWorker = availableCores()

    @Option(help: "The number of requests that may wait for a worker; more are answered 429.")
    var maxQueue = 64

    @Option(help: "Seconds that a request may wait for a worker before it is answered 503.")
    var requestTimeout: Double = 30

    @Option(help: "The largest body of a request; more is answered 413.")
    var maxBodyBytes = HTTPLimits().maxBodyBytes

    @Option(help: "The most connections at a time.")
    var maxConnections = HTTPLimits().maxConnections

    @Option(help: "Seconds that an idle connection stays open.")
    var idleTimeout: Double = 60

    @Option(help: "Seconds that requests in flight get to finish after SIGTERM.")
    var shutdownTimeout: Double = 30

    func validate() throws {
        guard (0...65535).contains(port) else { throw ValidationError("--port must be between 0 and 65535.") }
        let positive: [(String, Double)] = [
            ("--workers", Double(workers)), ("--threads-per-worker", Double(threadsPerWorker)),
            ("--request-timeout", requestTimeout), ("--max-body-bytes", Double(maxBodyBytes)),
            ("--max-connections", Double(maxConnections)), ("--idle-timeout", idleTimeout),
        ]
        for (name, value) in positive where !(value > 0) { throw ValidationError("\(name) must be more than 0.") }
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key go together: give both, or neither.")
        }
        guard tlsClientCa == nil || tlsCert != nil else {
            throw ValidationError("--tls-client-ca needs --tls-cert and --tls-key.")
        }
        guard maxQueue >= 0 else { throw ValidationError("--max-queue must not be negative.") }
        guard shutdownTimeout >= 0 else { throw ValidationError("--shutdown-timeout must not be negative.") }
    }

    /// `nil` for plain HTTP.
    var tls: TLSConfiguration? {
        guard let tlsCert, let tlsKey else { return nil }
        return TLSConfiguration(certificateFile: tlsCert, keyFile: tlsKey, clientAuthorityFile: tlsClientCa)
    }

    var httpConfiguration: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration(host: host, port: port)
        configuration.tls = tls
        configuration.limits.maxBodyBytes = maxBodyBytes
        configuration.limits.maxConnections = maxConnections
        configuration.timeouts.keepAlive = .seconds(idleTimeout)
        return configuration
    }
}
