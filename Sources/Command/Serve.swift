import ArgumentParser
import HTTPServer
import Logging
import Segmentation
import SegmentationService

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the HTTP API.",
        discussion: """
            POST an image and a prompt to /v1/segment and get a PNG mask; GET /openapi.yaml tells the rest.

              curl -F image=@photo.jpg -F prompt="a red umbrella" localhost:8080/v1/segment -o mask.png

            Every option has a twin in the environment, CLIPSEG_MAX_QUEUE for --max-queue; the command line wins.
            With --tls-cert and --tls-key it speaks HTTPS (TLS 1.2 and 1.3); SIGHUP reads the certificate anew without dropping
            connections. SIGTERM and SIGINT finish what is in flight and exit with 0; a second one exits at once.
            """)

    /// The long flags of all options, for their twins in the environment.
    static let flags = EnvironmentTwins.flags(of: ServerOptions()) + EnvironmentTwins.flags(of: ModelOptions())

    @OptionGroup(title: "Server options") var server: ServerOptions
    @OptionGroup(title: "Model options") var model: ModelOptions

    func run() async throws {
        let signals = ShutdownSignals()
        var logger = model.logger
        logger.logLevel = min(logger.logLevel, .info)
        let service = SegmentationService(requestTimeout: .seconds(server.requestTimeout), logger: logger)
        let http = HTTPServer(configuration: server.httpConfiguration, logger: logger, handler: service.reply)
        // Without anything to read anew, SIGHUP ends the program, as when its terminal closes.
        let reload = server.tls.map { _ in ReloadSignal { try? http.reloadCertificate() } }
        defer { withExtendedLifetime(reload) {} }
        try http.start()

        let loaded = try LoadedModel(
            path: model.model, precision: model.precision, threads: server.threadsPerWorker, logger: logger)
        let pool = ModelPool(
            loaded, workers: server.workers, maxQueue: server.maxQueue, imageLimits: model.imageLimits)
        try await pool.warmUp()
        service.becomeReady(pool)
        logger.info("ready")

        await signals.first()
        logger.info("shutting down", metadata: ["timeout_seconds": "\(server.shutdownTimeout)"])
        service.beginDraining()
        http.beginDraining()
        await http.shutdown(within: .seconds(server.shutdownTimeout))
    }
}
