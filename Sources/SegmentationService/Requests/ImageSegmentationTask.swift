import HTTPServer
import Segmentation

/// What Hugging Face's image segmentation task is asked: `inputs` and `parameters` in JSON, or the image as the body with
/// the parameters in the query.
struct ImageSegmentationTask: Sendable {
    enum Subtask: String, CaseIterable {
        case semantic
    }

    /// What `mask_threshold` and `threshold` are if they are not given.
    static let usualMaskThreshold = 0.5
    static let usualLeastScore = 0.0

    let labels: [String]
    /// Masks that have less are left out.
    let leastScore: Double
    /// Whether a pixel belongs to one label at most, as a semantic segmentation has it.
    let isDisjoint: Bool
    var segmentation: SegmentationRequest

    /// - Throws: `HTTPProblem` if a parameter is missing, unknown, can't be honoured or makes no sense.
    init(_ request: HTTPRequest, limits: RequestFields.Limits = RequestFields.Limits()) throws(HTTPProblem) {
        var fields = try RequestFields(request, bodyFile: "inputs", limits: limits)
        let image = try fields.file("inputs")
        try fields.enterObject("parameters")
        labels = try fields.texts("candidate_labels", inJSON: "candidate_labels")
        segmentation = SegmentationRequest(image: image ?? [], prompts: labels.map(SegmentationRequest.Prompt.text))
        segmentation.threshold = Float(try Self.probability("mask_threshold", &fields) ?? Self.usualMaskThreshold)
        leastScore = try Self.probability("threshold", &fields) ?? Self.usualLeastScore
        isDisjoint = try fields.choice("subtask", of: Subtask.self) != nil
        guard try fields.number("overlap_mask_area_threshold") == nil else {
            throw .invalidParameter(
                "overlap_mask_area_threshold", "can't be honoured: no mask is cut down by another here. Leave it out")
        }
        try fields.requireNothingElse()
        guard image != nil else {
            throw .missingParameter(
                "inputs", "There is no image. Send a PNG or JPEG file in base64 in “inputs”, or as the body.")
        }
        guard !labels.isEmpty else {
            throw .missingParameter(
                "candidate_labels",
                "There is no label. Say what to look for in “candidate_labels”, under “parameters” or "
                    + "in the query.")
        }
    }

    private static func probability(_ name: String, _ fields: inout RequestFields) throws(HTTPProblem) -> Double? {
        guard let value = try fields.number(name) else { return nil }
        guard (0...1).contains(value) else {
            throw .invalidParameter(name, "is \(value); give a number between 0 and 1")
        }
        return value
    }
}
