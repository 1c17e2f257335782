import HTTPServer
import Segmentation

/// `POST /v1/classify`: an image and labels in, scores out.
struct ClassifyRoute {
    let routing: ModelRouting

    func add(to router: inout Router) {
        routing.add("/v1/classify", to: &router) { request in
            try Self.classificationRequest(request, limits: routing.limits)
        } answer: { request, form, pool, deadline in
            var classification = form
            classification.deadline = deadline
            try routing.requireAcceptable("application/json", request, what: "A classification")
            let result = try await pool.classify(classification)
            return routing.completed(
                .json(result), result.timings, prompts: result.labels, count: result.labels.count, for: request)
        }
    }

    /// - Throws: `HTTPProblem` if a parameter is missing, unknown or makes no sense.
    static func classificationRequest(
        _ request: HTTPRequest, limits: RequestFields.Limits = RequestFields.Limits()
    ) throws(HTTPProblem) -> ClassificationRequest {
        var fields = try RequestFields(request, bodyFile: "image", limits: limits)
        let image = try fields.file("image")
        var classification = ClassificationRequest(image: image ?? [], labels: try fields.texts("label"))
        if let scores = try fields.choice("scores", of: ScoreKind.self) { classification.scores = scores }
        if let decoding = try fields.choice("decode", of: DecodingKind.self) { classification.decoding = decoding }
        try fields.requireNothingElse()
        guard image != nil else { throw .missingImage }
        return classification
    }
}
