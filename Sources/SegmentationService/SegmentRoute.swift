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
            let output = segmentation.output.rawValue
            try routing.requireAcceptable(segmentation.contentType, request, what: "as=\(output)")
            let result = try await pool.segment(segmentation)
            routing.metrics.segmented(prompts: result.prompts)
            let response = HTTPResponse(
                status: .ok, headers: ["Content-Type": result.contentType], body: result.bytes)
            return routing.completed(
                response, result.timings, prompts: texts(segmentation.prompts), count: result.prompts, for: request)
        }
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
