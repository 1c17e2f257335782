public import HTTPServer
public import Logging
public import Segmentation
public import Tracing

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
    private let tracing: RequestTracing?

    /// The paths that are answered with masks.
    private static let segmentations: Set<String> = [
        SegmentRoute.path, HuggingFaceRoute.path, OpenInferenceRoutes.inferPath,
    ]

    /// Room in a form for all prompts and every other parameter.
    public static var defaultFormLimits: MultipartLimits { SegmentForm.defaultLimits }

    /// Creates a service without a model.
    ///
    /// - Parameters:
    ///   - requestTimeout: How long an answer may take from when its request was received.
    ///   - logger: Told about errors that are ours, and about requests.
    ///   - accessLog: Which requests the logger is told about.
    ///   - logsPrompts: Whether it is told their prompts too.
    ///   - proxies: Whom the log believes about whom they speak for.
    ///   - access: Who may ask for what.
    ///   - formLimits: How much a form may hold.
    ///   - hasPlayground: Whether there is a page to try things out at `/`.
    ///   - spans: Where traces of requests go, if they do.
    ///   - separatesAdmin: Whether health and metrics are left to `adminReply`, for a server of their own.
    public init(
        requestTimeout: Duration, logger: Logger, accessLog: AccessLogScope = .all, logsPrompts: Bool = false,
        proxies: TrustedProxies? = nil, access: AccessRules = AccessRules(),
        formLimits: MultipartLimits = defaultFormLimits, hasPlayground: Bool = true, spans: SpanExporter? = nil,
        separatesAdmin: Bool = false
    ) {
        tracing = spans.map(RequestTracing.init)
        if let spans { metrics.describe(spans) }
        self.access = access
        self.accessLog = AccessLog(logger: logger, scope: accessLog, proxies: proxies)
        var adminRouter = Router()
        HealthRoutes(phase: phase).add(to: &adminRouter)
        MetricsRoute(registry: metrics.registry).add(to: &adminRouter)
        self.adminRouter = adminRouter
        var router = separatesAdmin ? Router() : adminRouter
        DocumentRoutes(phase: phase).add(to: &router)
        WebPageRoutes(hasPlayground: hasPlayground).add(to: &router)
        let routing = ModelRouting(
            phase: phase, metrics: metrics, requestTimeout: requestTimeout, limits: RequestFields.Limits(formLimits),
            logsPrompts: logsPrompts, logger: logger)
        SegmentRoute(routing: routing).add(to: &router)
        ClassifyRoute(routing: routing).add(to: &router)
        EmbeddingsRoute(routing: routing).add(to: &router)
        TokenizeRoute(routing: routing).add(to: &router)
        HuggingFaceRoute(routing: routing).add(to: &router)
        OpenInferenceRoutes(routing: routing).add(to: &router)
        self.router = router
    }

    /// What each method can answer at each path, as far as the request gets to the service.
    var statusesByRoute: [String: [HTTPMethod: Set<HTTPStatus>]] {
        var routes = router.statusesByRoute
        for path in routes.keys where !AccessRules.isAlwaysOpen(path) {
            routes[path] = routes[path]?.mapValues { $0.union([.unauthorized]) }
        }
        return routes
    }

    /// From now on `/metrics` tells what the clients of `server` make it keep in memory, and `/readyz` whether they can still
    /// connect to it.
    public func watch(_ server: HTTPServer) {
        phase.watch(server)
        metrics.describe(server)
    }

    /// From now on the service answers with the model of `pool`, unless it is going away already.
    ///
    /// - Returns: whether it does.
    @discardableResult
    public func becomeReady(_ pool: ModelPool) -> Bool {
        guard phase.becomeReady(pool) else { return false }
        metrics.describe(pool)
        return true
    }

    /// From now on the service says that it is going away; it still answers.
    public func beginDraining() {
        phase.beginDraining()
    }

    /// The answer to a request; give this to the server as its handler.
    @Sendable public func reply(to request: HTTPRequest) -> HTTPReply { reply(to: request, by: router) }

    /// The answer to a request about health or metrics, for a server of their own.
    @Sendable public func adminReply(to request: HTTPRequest) -> HTTPReply { reply(to: request, by: adminRouter) }

    /// The refusal of a request whose key, path or method is wrong, before its body is received; give this to the server as
    /// its inspection.
    @Sendable public func refusal(of head: HTTPRequest) -> HTTPResponse? { refusal(of: head, by: router) }

    /// The same for the server of `adminReply`.
    @Sendable public func adminRefusal(of head: HTTPRequest) -> HTTPResponse? { refusal(of: head, by: adminRouter) }

    private func refusal(of head: HTTPRequest, by router: Router) -> HTTPResponse? {
        let admission = admission(of: head)
        return problem(admission, head, by: router).map { problem in
            finished(ErrorFormat(path: head.path).response(to: problem), head, admission)
        }
    }

    /// Why no route takes a request, as far as its head tells.
    private func problem(_ admission: Admission, _ head: HTTPRequest, by router: Router) -> HTTPProblem? {
        switch admission {
        case .preflight: nil
        case .verdict(.admitted): router.refusal(of: head)
        case .verdict(.refused(let problem)): problem
        }
    }

    private func reply(to request: HTTPRequest, by router: Router) -> HTTPReply {
        metrics.began()
        let admission = admission(of: request)
        let reply: HTTPReply
        if case .preflight(let response) = admission {
            reply = .now(response)
        } else if let problem = problem(admission, request, by: router) {
            reply = .now(ErrorFormat(path: request.path).response(to: problem))
        } else {
            reply = router.reply(to: request)
        }
        let finish = { @Sendable (response: HTTPResponse) in
            metrics.ended()
            return finished(response, request, admission)
        }
        switch reply {
        case .now(let response): return .now(finish(response))
        case .later(let work): return .later { finish(await work()) }
        }
    }

    private enum Admission: Sendable {
        case preflight(HTTPResponse)
        case verdict(AccessRules.Verdict)

        var key: String? {
            if case .verdict(.admitted(let key)) = self { key } else { nil }
        }
    }

    private func admission(of request: HTTPRequest) -> Admission {
        // A browser shows no key when it asks whether it may.
        if let preflight = access.crossOrigin?.preflight(request) { return .preflight(preflight) }
        return .verdict(access.verdict(on: request))
    }

    /// Adds what all responses have.
    private func finished(
        _ response: HTTPResponse, _ request: HTTPRequest, _ admission: Admission
    ) -> HTTPResponse {
        let total = request.receivedAt.duration(to: .now)
        var response = ServerTiming.completing(response, for: request, total: total)
        if let crossOrigin = access.crossOrigin { response = crossOrigin.allowing(response, to: request) }
        if let key = admission.key { response.logMetadata["key"] = .string(key) }
        return response
    }

    /// Logs and counts what became of a request; give this to the server as its hook for answers.
    ///
    /// Only here is it known: in place of an answer that can't be kept the server sends its own, and nobody gets the answer
    /// to a client that has gone.
    @Sendable public func record(_ answer: HTTPAnswer) {
        let rejection = answer.refusal.flatMap { ServiceMetrics.Rejection(rawValue: $0.code) }
        if let rejection { metrics.rejected(rejection) }
        if let status = answer.status, answer.bytesSent > 0 {
            let path = answer.refusal == nil || rejection == .bufferFull ? answer.path : nil
            metrics.answered(
                route: path.map(routeName) ?? "other", method: answer.method, status: status,
                duration: answer.handlingDuration)
        }
        if answer.status == .ok, answer.isComplete, let path = answer.path, Self.segmentations.contains(path) {
            metrics.sent(after: answer.sendDuration)
        }
        let caller = TraceContext(traceparent: answer.requestHeaders.values(of: "traceparent"))
        guard let tracing, !isProbe(answer) else { return accessLog.write(answer, traceID: caller?.traceID) }
        let trace = caller ?? TraceContext()
        accessLog.write(answer, traceID: trace.traceID)
        tracing.record(answer, trace, route: answer.path.map(routeName) ?? "other")
    }

    /// Health and metrics are asked about every few seconds, and nobody wants to see that.
    private func isProbe(_ answer: HTTPAnswer) -> Bool {
        answer.path.map { adminRouter.knows(path: $0) } ?? false
    }

    /// Strangers must not be able to make up labels.
    private func routeName(_ path: String) -> String {
        router.knows(path: path) || adminRouter.knows(path: path) ? path : "other"
    }
}
