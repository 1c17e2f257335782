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
    private let adminRouter: Router
    private let access: AccessRules
    private let accessLog: AccessLog

    /// Room in a form for all prompts and every other parameter.
    public static var defaultFormLimits: MultipartLimits { SegmentForm.defaultLimits }

    /// Creates a service without a model.
    ///
    /// - Parameters:
    ///   - requestTimeout: How long a request may wait for a worker.
    ///   - logger: Told about errors that are ours, and about requests.
    ///   - accessLog: Which requests the logger is told about.
    ///   - logsPrompts: Whether it is told their prompts too.
    ///   - proxies: Whom the log believes about whom they speak for.
    ///   - access: Who may ask for what.
    ///   - formLimits: How much a form may hold.
    ///   - separatesAdmin: Whether health and metrics are left to `adminReply`, for a server of their own.
    public init(
        requestTimeout: Duration, logger: Logger, accessLog: AccessLogScope = .all, logsPrompts: Bool = false,
        proxies: TrustedProxies? = nil, access: AccessRules = AccessRules(),
        formLimits: MultipartLimits = defaultFormLimits, separatesAdmin: Bool = false
    ) {
        self.access = access
        self.accessLog = AccessLog(logger: logger, scope: accessLog, proxies: proxies)
        var adminRouter = Router()
        HealthRoutes(phase: phase).add(to: &adminRouter)
        MetricsRoute(registry: metrics.registry).add(to: &adminRouter)
        self.adminRouter = adminRouter
        var router = separatesAdmin ? Router() : adminRouter
        DocumentRoutes(phase: phase).add(to: &router)
        SegmentRoute(
            phase: phase, metrics: metrics, requestTimeout: requestTimeout, formLimits: formLimits,
            logsPrompts: logsPrompts, logger: logger
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
    @Sendable public func reply(to request: HTTPRequest) -> HTTPReply { reply(to: request, by: router) }

    /// The answer to a request about health or metrics, for a server of their own.
    @Sendable public func adminReply(to request: HTTPRequest) -> HTTPReply { reply(to: request, by: adminRouter) }

    private func reply(to request: HTTPRequest, by router: Router) -> HTTPReply {
        metrics.began()
        // Strangers must not be able to make up labels.
        let route = router.knows(path: request.path) ? request.path : "other"
        let (reply, key) = admit(request, to: router)
        let finish = { @Sendable (response: HTTPResponse) in
            let duration = request.receivedAt.duration(to: .now)
            metrics.ended()
            metrics.answered(route: route, method: request.method, status: response.status, duration: duration)
            var response = ServerTiming.completing(response, for: request, total: duration)
            if let crossOrigin = access.crossOrigin { response = crossOrigin.allowing(response, to: request) }
            if let key { response.logMetadata["key"] = .string(key) }
            return response
        }
        switch reply {
        case .now(let response): return .now(finish(response))
        case .later(let work): return .later { finish(await work()) }
        }
    }

    /// - Returns: the router's reply if the request is admitted, and the name of the key that it shows.
    private func admit(_ request: HTTPRequest, to router: Router) -> (reply: HTTPReply, key: String?) {
        // A browser shows no key when it asks whether it may.
        if let preflight = access.crossOrigin?.preflight(request) { return (.now(preflight), nil) }
        switch access.verdict(on: request) {
        case .admitted(let key): return (router.reply(to: request), key)
        case .refused(let problem): return (.now(problem.response), nil)
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
