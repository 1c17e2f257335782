import CLIPSeg
import Compute

/// How well labels describe an image. Lists are in the order of the labels.
public struct Classification: Sendable, Encodable {
    /// The name of the model.
    public let model: String
    /// The labels as they were given.
    public let labels: [String]
    /// The scaled cosine similarity of the image with each label.
    public let logitsPerImage: [Float]
    /// What was asked for: the logits' softmax, or the logits once more.
    public let scores: [Float]
    /// How long each stage took.
    public let timings: StageTimings

    enum CodingKeys: String, CodingKey {
        case model, labels, scores
        case logitsPerImage = "logits_per_image"
    }
}

extension ModelPool {
    /// Compares an image with labels, as `CLIPSegModel.forward` does.
    ///
    /// - Throws: as `segment` does.
    public func classify(_ request: ClassificationRequest) async throws -> Classification {
        try request.validate()
        let extraction = FeatureExtraction(pool: self, decoding: request.decoding, deadline: request.deadline)
        let (logits, timings) = try await extraction(texts: request.labels, "label", images: [request.image]) {
            clip, texts, images in clip.compare(textFeatures: texts, imageFeatures: images).logitsPerImage
        }
        return Classification(
            model: model.name, labels: request.labels, logitsPerImage: logits.values,
            scores: request.scores == .raw ? logits.values : PortableBackend().softmax(logits).values, timings: timings)
    }
}
