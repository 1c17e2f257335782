import ArgumentParser
import HTTPServer
import Segmentation

/// The options of `serve` that are not about the model.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address or host name to listen on; 0.0.0.0 or :: for all.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one and logs it.")
    var port = 8080

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
        try Range.require(port, in: 0...65535, "--port")
        try Range.require(workers, in: 1...1024, "--workers")
        try Range.require(threadsPerWorker, in: 1...1024, "--threads-per-worker")
        try Range.require(maxQueue, in: 0...1_000_000, "--max-queue")
        try Range.require(requestTimeout, in: 0.001...86400, "--request-timeout")
        try Range.require(maxBodyBytes, in: 1...1 << 40, "--max-body-bytes")
        try Range.require(maxConnections, in: 1...10_000_000, "--max-connections")
        try Range.require(idleTimeout, in: 0.001...86400, "--idle-timeout")
        try Range.require(shutdownTimeout, in: 0...86400, "--shutdown-timeout")
    }

    var httpConfiguration: HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration(host: host, port: port)
        configuration.limits.maxBodyBytes = maxBodyBytes
        configuration.limits.maxConnections = maxConnections
        configuration.timeouts.keepAlive = .seconds(idleTimeout)
        return configuration
    }
}
