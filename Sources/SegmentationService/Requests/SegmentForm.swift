import HTTPServer
import Segmentation

/// The parameters of a segmentation.
enum SegmentForm {
    /// Parameters beside image and prompts.
    private static let options = ["threshold", "as", "decode"]

    /// Room for all prompts and every other parameter.
    static var defaultLimits: MultipartLimits {
        var limits = MultipartLimits()
        limits.maxParts = SegmentationRequest.maxPrompts + options.count + 2
        return limits
    }

    /// - Throws: `HTTPProblem` if a parameter is missing, unknown or makes no sense.
    static func segmentationRequest(
        _ request: HTTPRequest, limits: RequestFields.Limits = RequestFields.Limits()
    ) throws(HTTPProblem) -> SegmentationRequest {
        var fields = try RequestFields(request, bodyFile: "image", limits: limits)
        let image = try fields.file("image")
        var segmentation = SegmentationRequest(
            image: image ?? [], prompts: try fields.texts("prompt").map(SegmentationRequest.Prompt.text))
        if let threshold = try fields.number("threshold") { segmentation.threshold = Float(threshold) }
        if let output = try fields.choice("as", of: OutputKind.self) { segmentation.output = output }
        if let decoding = try fields.choice("decode", of: DecodingKind.self) { segmentation.decoding = decoding }
        try fields.requireNothingElse()
        guard image != nil else { throw .missingImage }
        return segmentation
    }
}

extension HTTPProblem {
    static let missingImage = missingParameter(
        "image", "There is no image. Send a PNG or JPEG file in the field “image”.")
}
