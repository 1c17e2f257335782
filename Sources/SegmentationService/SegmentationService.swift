public import HTTPServer
public import Logging
public import Segmentation

/// The HTTP API: routes, what they take and what they answer.
///
/// The service can be asked before its model is loaded; it then says that it is not ready yet.
public struct SegmentationService: Sendable {
    private let phase = ServicePhase()
    private let metrics = ServiceMetrics()
    private let router: Router
    private let accessLog: AccessLog

    /// Creates a service without a model.
    ///
    /// - Parameters:
    ///   - requestTimeout: How long a request may wait for a worker.
    ///   - logger: Told about errors that are ours, and about requests.
    ///   - accessLog: Which requests the logger is told about.
    ///   - logsPrompts: Whether it is told their prompts too.
    public init(
        requestTimeout: Duration, logger: Logger, accessLog: AccessLogScope = .all, logsPrompts: Bool = false
    ) {
        self.accessLog = AccessLog(logger: logger, scope: accessLog)
        var router = Router()
        HealthRoutes(phase: phase).add(to: &router)
        DocumentRoutes(phase: phase, registry: metrics.registry).add(to: &router)
        SegmentRoute(
            phase: phase, metrics: metrics, requestTimeout: requestTimeout, logsPrompts: logsPrompts, logger: logger
        ).add(to: &router)
        self.router = router
    }

    /// From now on the service answers with the model of `pool`.
    public func becomeReady(_ pool: ModelPool) {
        metrics.describe(pool)
        phase.becomeReady(pool)
    }

    /// From now on the service says that it is going away; it still answers.
    public func beginDraining() {
        phase.beginDraining()
    }

    /// The answer to a request; give this to the server as its handler.
    @Sendable public func reply(to request: HTTPRequest) -> HTTPReply {
        metrics.began()
        // Strangers must not be able to make up labels.
        let route = router.knows(path: request.path) ? request.path : "other"
        let finish = { @Sendable (response: HTTPResponse) in
            let duration = request.receivedAt.duration(to: .now)
            metrics.ended()
            metrics.answered(route: route, method: request.method, status: response.status, duration: duration)
            return ServerTiming.completing(response, for: request, total: duration)
        }
        switch router.reply(to: request) {
        case .now(let response): return .now(finish(response))
        case .later(let work): return .later { finish(await work()) }
        }
    }

    /// Logs what became of a request, and counts it if `reply` has not; give this to the server as its hook for answers.
    @Sendable public func record(_ answer: HTTPAnswer) {
        if let refusal = answer.refusal {
            metrics.answered(route: "other", method: answer.method, status: refusal.status, duration: answer.duration)
        }
        accessLog.write(answer)
    }
}
