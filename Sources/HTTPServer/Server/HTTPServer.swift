public import Logging
internal import Synchronization

/// An HTTP/1.1 server (RFC 9110, RFC 9112) on BSD sockets and Dispatch.
///
/// All connections are served from one event loop; no thread is held by a slow client. A server that has been started goes
/// on until it is shut down.
public final class HTTPServer: Sendable {
    private let configuration: HTTPServerConfiguration
    private let logger: Logger
    private let loop: EventLoop
    private let hasStarted = Atomic<Bool>(false)

    /// A server that will answer requests with `handler`, for example a `Router`'s `reply`, and tell `onAnswer` about each.
    /// What `inspection` refuses is answered before its body is received.
    public init(
        configuration: HTTPServerConfiguration, logger: Logger = Logger(label: "clipseg.http"),
        onAnswer: HTTPAnswerHook? = nil, inspection: HTTPInspection? = nil, handler: @escaping HTTPHandler
    ) {
        self.configuration = configuration
        self.logger = logger
        loop = EventLoop(
            configuration: configuration, logger: logger, onAnswer: onAnswer, inspection: inspection, handler: handler)
    }

    /// Connections open at the moment.
    public var openConnections: Int { loop.openConnections.load(ordering: .relaxed) }

    /// What bodies and answers take at the moment, in bytes.
    public var bufferedBytes: Int { loop.bufferedBytes.load(ordering: .relaxed) }

    /// The most that they may take: `HTTPLimits.maxBufferedBytes`.
    public var bufferLimit: Int { configuration.limits.maxBufferedBytes }

    /// Whether the listening socket has stopped to listen without being told to, so that nobody can connect any more. Who is
    /// connected is served; only a new server accepts connections again.
    public var hasLostListener: Bool { loop.hasLostListener.load(ordering: .relaxed) }

    /// Starts to listen and to serve, and returns at once.
    ///
    /// - Returns: the address that the server listens on, with the port that the kernel chose if 0 was asked for.
    /// - Throws: if the host does not resolve or its port can't be had, or at a second call.
    @discardableResult
    public func start() throws(HTTPServerError) -> SocketAddress {
        guard !hasStarted.exchange(true, ordering: .relaxed) else { throw .alreadyStarted }
        if let tls = configuration.tls {
            do {
                try use(tls)
            } catch {
                throw .tls(error)
            }
        }
        let socket = try ListeningSocket(configuration)
        do {
            try loop.listen(on: socket)
        } catch {
            throw .cannotListen(address: socket.address, reason: error.description)
        }
        logger.info("listening", metadata: ["address": "\(socket.address)"])
        return socket.address
    }

    /// Reads the certificate, its key and the client authorities anew, for all connections that begin from now on.
    ///
    /// Those that are open go on with what they began with. Does nothing without TLS.
    ///
    /// - Throws: if a file is of no use; then what was in use before stays so.
    public func reloadCertificate() throws(TLSError) {
        guard let tls = configuration.tls else { return }
        do {
            try use(tls)
        } catch {
            logger.error("kept the old certificate", metadata: ["reason": "\(error)"])
            throw error
        }
    }

    private func use(_ configuration: TLSConfiguration) throws(TLSError) {
        let context = try TLSContext(configuration)
        let certificate = context.certificate
        loop.tls.withLock { $0 = context }
        let metadata: Logger.Metadata = [
            "subject": "\(certificate.subject)", "expires": "\(certificate.expiry)",
        ]
        if certificate.hasExpired {
            logger.warning("the certificate has expired", metadata: metadata)
        } else {
            logger.info("certificate loaded", metadata: metadata)
        }
    }

    /// From now on answers say `Connection: close`, so that clients look for another server. Requests are still served.
    public func beginDraining() {
        loop.submit { $0.drain() }
    }

    /// Stops listening, closes idle connections, and waits for requests in flight to be answered.
    ///
    /// A request counts as in flight from its first byte on. What is not over in the given time is cut.
    ///
    /// - Returns: how many connections were cut with a request unanswered.
    @discardableResult
    public func shutdown(within time: Duration) async -> Int {
        let cut = await loop.shutDown(within: time)
        if cut > 0 { logger.warning("cut connections at shutdown", metadata: ["count": "\(cut)"]) }
        return cut
    }
}
