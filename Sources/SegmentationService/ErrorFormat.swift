import HTTPServer

/// In which form the paths of a protocol tell of errors.
enum ErrorFormat {
    /// RFC 9457, ours.
    case problem
    /// The same with the sentence once more as `error`, which Hugging Face's clients show.
    case huggingFace
    /// An object with nothing but `error`, as the Open Inference Protocol has it.
    case openInference

    init(path: String) {
        let path = path.utf8
        self =
            if path.starts(with: "/v2/".utf8) || path.elementsEqual("/v2".utf8) {
                .openInference
            } else if path.starts(with: "/hf/".utf8) {
                .huggingFace
            } else {
                .problem
            }
    }

    func response(to problem: HTTPProblem) -> HTTPResponse {
        switch self {
        case .problem: return problem.response
        case .huggingFace: return problem.response(repeatingDetailAs: "error")
        case .openInference:
            var response = problem.response
            response.headers["Content-Type"] = "application/json"
            response.body = HTTPResponse.json(["error": problem.detail]).body
            return response
        }
    }
}
