import ArgumentParser
import Glibc
import HTTPServer
import Logging
import Segmentation
import SegmentationService
import Tracing

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serves the HTTP API.",
        discussion: """
            POST an image and a prompt to /v1/segment and get a PNG mask; GET /openapi.yaml tells the rest.

              curl -F image=@photo.jpg -F prompt="a red umbrella" localhost:8080/v1/segment -o mask.png

            Every option has a twin in the environment, CLIPSEG_MAX_QUEUE for --max-queue; the command line wins.
            SIGTERM and SIGINT finish what is in flight and exit with 0; a second one exits at once.
            """)

    /// The long flags of all options, for their twins in the environment.
    static let flags = DeclaredOptions.names(of: Serve.self)
    /// Those of them that take no value. In the environment, `0`, `false` and `no` mean that it is not given.
    static let switches = Set(DeclaredOptions.names(of: Serve.self) { $0 is Flag<Bool> })

    @OptionGroup(title: "Server options") var server: ServerOptions
    @OptionGroup(title: "TLS options") var tls: TLSOptions
    @OptionGroup(title: "Access options") var access: AccessOptions
    @OptionGroup(title: "Limits on clients") var limits: LimitOptions
    @OptionGroup(title: "Log options") var log: LogOptions
    @OptionGroup(title: "Tracing options") var tracing: TracingOptions
    @OptionGroup(title: "Model options") var model: ModelOptions

    func run() async throws {
        let signals = ShutdownSignals()
        defer { withExtendedLifetime(signals) {} }
        let sink = LogSink(descriptor: STDERR_FILENO, format: log.format)
        defer { sink.flush() }
        let logger = log.logger(writingTo: sink, level: model.logLevel ?? .info)
        let rules = try access.rules()
        let spans = try tracing.exporter(logger)
        defer { spans?.shutdown(within: .seconds(tracing.otlpShutdownTimeout)) }
        let service = SegmentationService(
            requestTimeout: .seconds(server.requestTimeout), logger: logger, accessLog: log.accessLog,
            logsPrompts: log.logPrompts, proxies: access.proxies, access: rules, formLimits: limits.formLimits,
            hasPlayground: !server.noPlayground, spans: spans, separatesAdmin: access.adminPort != nil)
        let openFiles = OpenFileLimit.raise()
        if openFiles < limits.maxConnections {
            logger.notice(
                "fewer connections than --max-connections are possible: raise ulimit -n",
                metadata: ["open_files": .stringConvertible(openFiles)])
        }
        let cores = processorCores()
        if server.workers > cores {
            logger.warning(
                "more workers than cores only take each other's time: lower --workers",
                metadata: ["workers": .stringConvertible(server.workers), "cores": .stringConvertible(cores)])
        }
        let configuration = try configuration()
        let http = HTTPServer(
            configuration: configuration, logger: logger, onAnswer: service.record, inspection: service.refusal,
            handler: service.reply)
        service.watch(http)
        let reload = reloadSignal(http, rules.keys, logger)
        defer { withExtendedLifetime(reload) {} }
        // Who connects to a socket that a service manager holds is better off waiting for the model than turned away.
        if !configuration.endpoint.isInherited { try http.start() }
        let admin = try startAdmin(service, logger)
        let stopping = drain(service, http, on: signals, logger)

        let loaded = try LoadedModel(
            model.source(), precision: model.precision, threads: server.threadsPerWorker, logger: logger)
        let pool = ModelPool(
            loaded, workers: server.workers, maxQueue: server.maxQueue, imageLimits: model.imageLimits,
            imageCacheBytes: server.imageCacheBytes, decodeMemoryBytes: model.decodeMemoryBytes)
        try await pool.warmUp()
        let wasReady = service.becomeReady(pool)
        if wasReady {
            if configuration.endpoint.isInherited { try http.start() }
            logger.info("ready")
            ServiceManager.notify(.ready)
        }
        await stopping.value
        // Load balancers get to see /readyz and send their requests elsewhere.
        if wasReady { try await Task.sleep(for: .seconds(server.drainDelay)) }
        await http.shutdown(within: .seconds(server.shutdownTimeout))
        await admin?.shutdown(within: .seconds(1))
    }

    /// Says that the service goes away as soon as the first signal has come, even while the model is loaded.
    private func drain(
        _ service: SegmentationService, _ http: HTTPServer, on signals: ShutdownSignals, _ logger: Logger
    ) -> Task<Void, Never> {
        let metadata: Logger.Metadata = [
            "drain_delay_seconds": "\(server.drainDelay)", "timeout_seconds": "\(server.shutdownTimeout)",
        ]
        return signals.first {
            logger.info("shutting down", metadata: metadata)
            service.beginDraining()
            http.beginDraining()
            ServiceManager.notify(.stopping)
        }
    }

    /// Reads certificates and keys anew on SIGHUP. Without any, SIGHUP ends the program, as when its terminal closes.
    private func reloadSignal(_ http: HTTPServer, _ keys: APIKeyStore?, _ logger: Logger) -> ReloadSignal? {
        guard tls.configuration != nil || keys != nil else { return nil }
        return ReloadSignal {
            // A failure has been logged, and the certificate in force stays.
            try? http.reloadCertificate()
            if let keys { Self.reload(keys, logger) }
        }
    }

    /// Starts the listener for health and metrics, if they are to have their own.
    private func startAdmin(_ service: SegmentationService, _ logger: Logger) throws -> HTTPServer? {
        guard let port = access.adminPort else { return nil }
        var logger = logger
        logger[metadataKey: "listener"] = "admin"
        var configuration = HTTPServerConfiguration(host: access.adminHost ?? server.host, port: port)
        configuration.timeouts = limits.httpTimeouts
        configuration.limits = limits.httpLimits
        // Nobody has anything to say there.
        configuration.limits.maxBodyBytes = 1
        let admin = HTTPServer(
            configuration: configuration, logger: logger, onAnswer: service.record, inspection: service.adminRefusal,
            handler: service.adminReply)
        try admin.start()
        return admin
    }

    private static func reload(_ keys: APIKeyStore, _ logger: Logger) {
        do {
            try keys.reload()
            logger.notice("API keys read anew")
        } catch {
            logger.error("the API keys in force stay", metadata: ["reason": "\(error)"])
        }
    }

    private func configuration() throws -> HTTPServerConfiguration {
        var configuration = HTTPServerConfiguration(host: server.host, port: server.port)
        configuration.tls = tls.configuration
        configuration.endpoint = try server.endpoint()
        configuration.limits = limits.httpLimits
        configuration.timeouts = limits.httpTimeouts
        return configuration
    }
}
