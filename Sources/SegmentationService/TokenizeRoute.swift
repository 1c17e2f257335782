import HTTPServer
import Segmentation

/// `POST /v1/tokenize`: texts in, their tokens out.
struct TokenizeRoute {
    let routing: ModelRouting

    func add(to router: inout Router) {
        routing.add("/v1/tokenize", to: &router) { request in
            try Self.texts(request, limits: routing.limits)
        } answer: { request, texts, pool, deadline in
            try routing.requireAcceptable("application/json", request, what: "A tokenization")
            let result = try await pool.tokenize(texts, deadline: deadline)
            return routing.completed(.json(result), StageTimings(), prompts: texts, count: texts.count, for: request)
        }
    }

    /// - Throws: `HTTPProblem` if a parameter is unknown or makes no sense.
    static func texts(
        _ request: HTTPRequest, limits: RequestFields.Limits = RequestFields.Limits()
    ) throws(HTTPProblem) -> [String] {
        var fields = try RequestFields(request, bodyFile: nil, limits: limits)
        let texts = try fields.texts("text")
        try fields.requireNothingElse()
        return texts
    }
}
