import HTTPServer
import Segmentation

/// The Open Inference Protocol, also known as KServe's V2 protocol, over HTTP
/// (<https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md>), with the binary
/// tensor data extension. There is one model, without versions.
struct OpenInferenceRoutes {
    let routing: ModelRouting

    /// The name of the model in this protocol, whichever checkpoint is loaded.
    static let model = "clipseg"
    static let inferPath = modelPath + "/infer"
    private static let modelPath = "/v2/models/\(model)"
    private static let livePath = "/v2/health/live"
    private static let readyPath = "/v2/health/ready"
    private static let modelReadyPath = modelPath + "/ready"
    static let healthPaths = [livePath, readyPath, modelReadyPath]

    func add(to router: inout Router) {
        let phase = routing.phase
        let server = HTTPResponse.json(ServerMetadata())
        let model = HTTPResponse.json(ModelMetadata())
        router.on(.get, "/v2") { _ in .now(server) }
        router.on(.get, Self.modelPath) { _ in .now(model) }
        let live = HTTPResponse.json(["live": true])
        router.on(.get, Self.livePath) { _ in .now(live) }
        router.on(.get, Self.readyPath, answering: [.ok, .serviceUnavailable]) { request in
            .now(Self.readiness(phase, request, .json(["live": true, "ready": true])))
        }
        router.on(.get, Self.modelReadyPath, answering: [.ok, .serviceUnavailable]) { request in
            .now(Self.readiness(phase, request, .json(ModelReady())))
        }
        let limits = routing.limits.json
        routing.add(Self.inferPath, to: &router, reading: { try InferenceRequest($0, limits: limits) }, answer: infer)
    }

    /// The protocol says 4xx for what is not ready; KServe's own servers, and ours, say 503.
    private static func readiness(
        _ phase: ServicePhase, _ request: HTTPRequest, _ ready: HTTPResponse
    ) -> HTTPResponse {
        guard phase.isReady else { return ErrorFormat.openInference.response(to: .notReady(phase, request)) }
        return ready
    }

    @Sendable private func infer(
        _ request: HTTPRequest, _ form: InferenceRequest, _ pool: ModelPool, _ deadline: ContinuousClock.Instant
    ) async throws -> HTTPResponse {
        var inference = form
        inference.segmentation.deadline = deadline
        try routing.requireAcceptable(inference.contentType, request, what: "This inference")
        let writer = InferenceResponseWriter(inference)
        let (body, timings) = try await pool.segment(inference.segmentation, bytes: writer.bytes, render: writer.write)
        routing.metrics.segmented(prompts: inference.prompts.count)
        var response = HTTPResponse(
            status: .ok, headers: ["Content-Type": inference.contentType], body: body.bytes)
        if inference.answersBinary { response.headers[InferenceRequest.headerLength] = "\(body.headerLength)" }
        return routing.completed(
            response, timings, prompts: inference.prompts, count: inference.prompts.count, for: request)
    }
}

/// Who serves.
private struct ServerMetadata: Encodable {
    let name = "clipseg"
    let version = clipsegVersion
    let extensions = ["binary_tensor_data"]
}

private struct ModelReady: Encodable {
    let name = OpenInferenceRoutes.model
    let ready = true
}

/// What the model takes and gives; −1 is a size that varies.
private struct ModelMetadata: Encodable {
    struct Tensor: Encodable {
        let name: String
        let datatype: String
        let shape: [Int]
    }

    let name = OpenInferenceRoutes.model
    let platform = "clipseg_safetensors"
    let inputs = [
        Tensor(name: "image", datatype: "BYTES", shape: [1]), Tensor(name: "prompts", datatype: "BYTES", shape: [-1]),
    ]
    let outputs = InferenceOutput.Kind.allCases.map { kind in
        Tensor(name: kind.rawValue, datatype: kind.datatype, shape: [-1, -1, -1])
    }
}
