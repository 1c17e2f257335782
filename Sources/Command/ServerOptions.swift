import ArgumentParser
import HTTPServer
import Segmentation

/// The options of `serve` that are not about the model.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address or host name to listen on; 0.0.0.0 or :: for all.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes a free one and logs it.")
    var port = 8080

    @Option(help: ArgumentHelp("Listen on a Unix-domain socket at this path, not on a port.", valueName: "path"))
    var unixSocket: String?

    @Option(help: "The permissions of the Unix-domain socket, in octal.")
    var unixSocketMode = "660"

    @Flag(help: "Do not show the playground, a page to try things out, at /.")
    var noPlayground = false

    @Option(help: "The number of requests, or batches of them, that compute at the same time.")
    var workers = min(2, availableCores())

    @Option(help: "The most threads that a request computes with; fewer while others need the cores.")
    var threadsPerWorker = availableCores()

    @Option(help: "The number of requests that may wait, beside one for each worker; more are answered 429.")
    var maxQueue = 64

    @Option(help: "The most bytes that encodings of images asked about lately may take; 0 keeps none.")
    var imageCacheBytes = ModelPool.defaultImageCacheBytes

    @Option(help: "Seconds from a request's last byte until it is answered 503 if there is no answer.")
    var requestTimeout: Double = 30

    @Option(help: "Seconds from SIGTERM, when /readyz turns 503, until no more connections are accepted.")
    var drainDelay: Double = 0

    @Option(help: "Seconds that requests in flight get to finish after that.")
    var shutdownTimeout: Double = 30

    func validate() throws {
        try OptionRange.require(port, in: 0...65535, "--port")
        try OptionRange.require(workers, in: 1...1024, "--workers")
        try OptionRange.require(threadsPerWorker, in: 1...1024, "--threads-per-worker")
        try OptionRange.require(maxQueue, in: 0...1_000_000, "--max-queue")
        try OptionRange.require(imageCacheBytes, in: 0...(1 << 40), "--image-cache-bytes")
        try OptionRange.require(requestTimeout, in: 0.1...OptionRange.day, "--request-timeout")
        guard UInt32(unixSocketMode, radix: 8).map({ $0 <= 0o777 }) == true else {
            throw ValidationError("--unix-socket-mode must be octal permissions, such as 660.")
        }
        try OptionRange.require(drainDelay, in: 0...OptionRange.day, "--drain-delay")
        try OptionRange.require(shutdownTimeout, in: 0...OptionRange.day, "--shutdown-timeout")
    }

    /// Where to listen: a socket that the process was started with comes before what the options say.
    func endpoint() throws(HTTPServerError) -> HTTPEndpoint {
        if let descriptor = try InheritedSocket.take() { return .inherited(descriptor: descriptor) }
        guard let unixSocket else { return .address }
        return .unixSocket(path: unixSocket, mode: UInt32(unixSocketMode, radix: 8) ?? 0o660)
    }
}
