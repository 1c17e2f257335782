import HTTPServer

/// `/livez`: the process is up. `/readyz`: requests are welcome. `/healthz`: both, for people and Docker.
struct HealthRoutes {
    let phase: ServicePhase

    private static let livePath = "/livez"
    private static let readyPaths = ["/readyz", "/healthz"]
    static let paths = [livePath] + readyPaths

    func add(to router: inout Router) {
        router.on(.get, Self.livePath) { _ in .now(HTTPResponse(text: "ok\n")) }
        for path in Self.readyPaths {
            router.on(.get, path, answering: [.ok, .serviceUnavailable]) { [phase] request in
                .now(Self.readiness(phase, request))
            }
        }
    }

    private static func readiness(_ phase: ServicePhase, _ request: HTTPRequest) -> HTTPResponse {
        guard phase.isReady else { return HTTPProblem.notReady(phase, request).response }
        return HTTPResponse(text: "ok\n")
    }
}

extension HTTPProblem {
    /// 503: the service has no model yet, or is going away.
    static func notReady(_ phase: ServicePhase, _ request: HTTPRequest) -> HTTPProblem {
        HTTPProblem(
            status: .serviceUnavailable, code: "not_ready",
            detail: "The service is not ready: \(phase.description). Try again in a moment.", instance: request.path,
            headers: ["Retry-After": "1"])
    }
}
