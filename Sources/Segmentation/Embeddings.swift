import CLIPSeg
import Compute

/// Texts and images in the space that both share: `projectionDim` numbers each.
public struct Embeddings: Sendable, Encodable {
    /// The name of the model.
    public let model: String
    /// Whether each has the Euclidean length 1.
    public let normalized: Bool
    /// The texts' embeddings, in order.
    public let texts: [[Float]]
    /// The images' embeddings, in order.
    public let images: [[Float]]
    /// How long each stage took.
    public let timings: StageTimings

    enum CodingKeys: String, CodingKey {
        case model, normalized, texts, images
    }
}

extension ModelPool {
    /// Embeds texts and images.
    ///
    /// - Throws: as `segment` does.
    public func embeddings(_ request: EmbeddingRequest) async throws -> Embeddings {
        try request.validate()
        let extraction = FeatureExtraction(pool: self, decoding: request.decoding, deadline: request.deadline)
        let (rows, timings) = try await extraction(texts: request.texts, "text", images: request.images) {
            _, texts, images in (texts: Self.rows(texts, request), images: Self.rows(images, request))
        }
        return Embeddings(
            model: model.name, normalized: request.normalize, texts: rows.texts, images: rows.images, timings: timings)
    }

    /// One text's embedding, not normalised.
    ///
    /// - Throws: as `segment` does.
    public func embedding(text: String) async throws -> [Float] {
        try await embeddings(EmbeddingRequest(texts: [text])).texts.joined().map(\.self)
    }

    /// One image's embedding, not normalised.
    ///
    /// - Throws: as `segment` does.
    public func embedding(image: [UInt8]) async throws -> [Float] {
        try await embeddings(EmbeddingRequest(images: [image])).images.joined().map(\.self)
    }

    private static func rows(_ features: Matrix, _ request: EmbeddingRequest) -> [[Float]] {
        (request.normalize ? features.normalizedRows() : features).rowMatrices.map(\.values)
    }
}
