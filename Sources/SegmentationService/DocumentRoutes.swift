import HTTPServer
import Segmentation

/// What the service says about itself: `/v1/model`, `/openapi.yaml`.
struct DocumentRoutes {
    let phase: ServicePhase

    func add(to router: inout Router) {
        var document = HTTPResponse(
            status: .ok, headers: ["Content-Type": "application/yaml"], body: OpenAPIDocument.bytes)
        document.sharesBody = true
        router.on(.get, "/openapi.yaml") { [document] _ in .now(document) }
        router.on(.get, "/v1/model", answering: [.ok, .serviceUnavailable]) { [phase] request in
            guard let pool = phase.pool else { return .now(HTTPProblem.notReady(phase, request).response) }
            return .now(.json(ModelDescription(pool)))
        }
    }
}
