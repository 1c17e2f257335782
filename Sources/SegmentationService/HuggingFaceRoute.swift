import Foundation
import HTTPServer
import Segmentation

/// `POST /hf/image-segmentation`: the image segmentation task as Hugging Face's clients speak it
/// (<https://huggingface.co/docs/inference-providers/tasks/image-segmentation>), with `candidate_labels` added.
struct HuggingFaceRoute {
    let routing: ModelRouting

    static let path = "/hf/image-segmentation"

    /// One element of the answer.
    private struct Segment: Encodable {
        let label: String
        /// JSON has it in base64.
        let mask: Data
        let score: Double
    }

    func add(to router: inout Router) {
        routing.add(Self.path, to: &router) { request in
            try ImageSegmentationTask(request, limits: routing.limits)
        } answer: { request, form, pool, deadline in
            var task = form
            task.segmentation.deadline = deadline
            try routing.requireAcceptable("application/json", request, what: "The task")
            let (masks, timings) = try await Self.namingParameters {
                try await pool.labelMasks(task.segmentation, disjoint: task.isDisjoint)
            }
            routing.metrics.segmented(prompts: task.labels.count)
            let segments = masks.filter { $0.score >= task.leastScore }.map { mask in
                Segment(label: task.labels[mask.prompt], mask: Data(mask.png), score: mask.score)
            }
            return routing.completed(
                .json(segments), timings, prompts: task.labels, count: task.labels.count, for: request)
        }
    }

    /// What a segmentation calls image and prompt has other names here.
    private static func namingParameters<Result>(_ work: () async throws -> Result) async throws -> Result {
        do {
            return try await work()
        } catch let error as InputError {
            switch error.parameter {
            case "image": throw error.about("inputs")
            case "prompt": throw error.about("candidate_labels")
            default: throw error
            }
        }
    }
}
