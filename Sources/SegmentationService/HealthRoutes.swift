import HTTPServer

/// `/livez`: the process is up. `/readyz`: requests are welcome. `/healthz`: both, for people and Docker.
struct HealthRoutes {
    let phase: ServicePhase

    func add(to router: inout Router) {
        router.on(.get, "/livez") { _ in .now(HTTPResponse(text: "ok\n")) }
        for path in ["/readyz", "/healthz"] {
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
