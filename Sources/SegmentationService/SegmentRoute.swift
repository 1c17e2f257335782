import HTTPServer
import Segmentation

/// `POST /v1/segment`: an image and prompts in, a picture, JSON or a NumPy file out.
struct SegmentRoute {
    let routing: ModelRouting

    static let path = "/v1/segment"

    func add(to router: inout Router) {
        routing.add(Self.path, to: &router) { request in
            try SegmentForm.segmentationRequest(request, limits: routing.limits)
        } answer: { request, form, pool, deadline in
            var segmentation = form
            segmentation.deadline = deadline
            segmentation.id = request.id
            try routing.requireAcceptable(segmentation.contentType, request, what: kind(segmentation))
            let result = try await pool.segment(segmentation)
            routing.metrics.segmented(prompts: result.prompts)
            let response = HTTPResponse(
                status: .ok, headers: ["Content-Type": result.contentType], body: result.bytes)
            return routing.completed(
                response, result.timings, prompts: texts(segmentation.prompts), count: result.prompts, for: request)
        }
    }

    /// What is asked for; to who takes ZIP files alone, also what would have one.
    private func kind(_ segmentation: SegmentationRequest) -> String {
        let needsSeparate = segmentation.package == .zip && segmentation.contentType == "image/png"
        return (needsSeparate ? "Without combine=separate, " : "") + "as=\(segmentation.output.rawValue)"
    }

    private func texts(_ prompts: [SegmentationRequest.Prompt]) -> [String] {
        prompts.compactMap { prompt in
            switch prompt {
            case .text(let text): text
            case .expression(let expression): expression.description
            case .image, .embedding: nil
            }
        }
    }
}
