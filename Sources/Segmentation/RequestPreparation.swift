import CLIPSeg
import Imaging

/// The first stage of a segmentation: from a request's bytes to all that the model and the rendering need of them.
struct RequestPreparation: Sendable {
    let images: ImagePreparation

    private var model: LoadedModel { images.model }

    /// What the stage takes in memory: the most that one of the images takes, as they are decoded one after the other.
    func bytes(for request: SegmentationRequest) throws(InputError) -> Int {
        var most = try images.decodingBytes(of: request.image, "image")
        for case .image(let file) in request.prompts {
            most = max(most, try images.decodingBytes(of: file, "prompt_image"))
        }
        return most
    }

    func callAsFunction(
        _ request: SegmentationRequest, unless abandonment: Abandonment
    ) throws -> PreparedRequest {
        var timings = StageTimings()
        let decoded = try timings.measure("decode") { try images.decode(request.image, "image", request.decoding) }
        try abandonment.check()
        let (pixels, digest) = try timings.measure("preprocess") {
            let pixels = try images.pixelValues(decoded.image, "image")
            return (pixels, PixelDigest(pixels))
        }
        let prompts = try request.prompts.map { prompt in
            try abandonment.check()
            return try prepare(prompt, request.decoding, &timings)
        }
        return PreparedRequest(
            size: decoded.originalSize, pixels: pixels, digest: digest, prompts: prompts, timings: timings)
    }

    private func prepare(
        _ prompt: SegmentationRequest.Prompt, _ decoding: DecodingKind, _ timings: inout StageTimings
    ) throws -> PreparedRequest.Prompt {
        switch prompt {
        case .text(let text):
            return .tokens(try model.inputIDs(text, parameter: "prompt"))
        case .embedding(let values):
            return .embedding(try checked(values))
        case .image(let file):
            let decoded = try timings.measure("decode") { try images.decode(file, "prompt_image", decoding) }
            return try timings.measure("preprocess") {
                let pixels = try images.pixelValues(decoded.image, "prompt_image")
                return .image(pixels, PixelDigest(pixels))
            }
        }
    }

    private func checked(_ embedding: [Float]) throws(InputError) -> [Float] {
        let expected = model.projectionDim
        guard embedding.count == expected, embedding.allSatisfy(\.isFinite) else {
            throw InputError(
                .unprocessable, code: "invalid_embedding", parameter: "embedding",
                "The embedding should be \(expected) finite numbers for this model; it has \(embedding.count).")
        }
        return embedding
    }
}
