import HTTPServer
import Segmentation

/// `POST /v1/embeddings`: texts and images in, their embeddings out.
struct EmbeddingsRoute {
    let routing: ModelRouting

    func add(to router: inout Router) {
        routing.add("/v1/embeddings", to: &router) { request in
            try Self.embeddingRequest(request, limits: routing.limits)
        } answer: { request, form, pool, deadline in
            var embedding = form
            embedding.deadline = deadline
            try routing.requireAcceptable("application/json", request, what: "An embedding")
            let result = try await pool.embeddings(embedding)
            return routing.completed(
                .json(result), result.timings, prompts: embedding.texts,
                count: embedding.texts.count + embedding.images.count, for: request)
        }
    }

    /// - Throws: `HTTPProblem` if a parameter is unknown or makes no sense.
    static func embeddingRequest(
        _ request: HTTPRequest, limits: RequestFields.Limits = RequestFields.Limits()
    ) throws(HTTPProblem) -> EmbeddingRequest {
        var fields = try RequestFields(request, bodyFile: "image", limits: limits)
        var embedding = EmbeddingRequest(texts: try fields.texts("text"), images: try fields.files("image"))
        if let normalize = try fields.flag("normalize") { embedding.normalize = normalize }
        if let decoding = try fields.choice("decode", of: DecodingKind.self) { embedding.decoding = decoding }
        try fields.requireNothingElse()
        return embedding
    }
}
