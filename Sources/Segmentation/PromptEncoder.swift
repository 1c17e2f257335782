import CLIPSeg
import Compute

/// From prompts to conditional embeddings; texts are remembered.
struct PromptEncoder: Sendable {
    let model: LoadedModel
    let knownTexts: TextFeatureCache

    /// `[prompts, projectionDim]`.
    ///
    /// - Parameter check: Called between texts and images, which take time; throws if nobody waits for them.
    func conditionalEmbeddings(_ prompts: [PreparedRequest.Prompt], check: () throws -> Void) throws -> Matrix {
        let texts = prompts.flatMap(\.texts)
        var textFeatures = texts.isEmpty ? [] : try self.textFeatures(texts, check: check).rowMatrices[...]
        func imageFeatures(_ pixels: PixelValues) throws -> Matrix {
            try check()
            return try model.model.clip.imageFeatures(pixels)
        }
        return .concatenating(
            try prompts.map { prompt in
                let ensemble = Array(textFeatures.prefix(prompt.texts.count))
                textFeatures.removeFirst(ensemble.count)
                return switch prompt {
                case .image(let pixels, _): try imageFeatures(pixels)
                case .embedding(let values): Matrix(rows: 1, columns: values.count, values)
                case .texts: Self.mean(ensemble)
                case .blend(_, let pixels, _, let share):
                    try Self.sum([(Self.mean(ensemble), 1 - share), (imageFeatures(pixels), share)])
                }
            })
    }

    /// The mean of features, not normalised, as the decoder takes them.
    private static func mean(_ features: [Matrix]) -> Matrix {
        features.count == 1 ? features[0] : sum(features.map { ($0, 1 / Float(features.count)) })
    }

    private static func sum(_ terms: [(features: Matrix, weight: Float)]) -> Matrix {
        var sum = [Float](repeating: 0, count: terms[0].features.columns)
        for (features, weight) in terms {
            for (index, value) in features.values.enumerated() { sum[index] += weight * value }
        }
        return Matrix(rows: 1, columns: sum.count, sum)
    }

    /// `[texts, projectionDim]`.
    ///
    /// - Parameter check: Called between batches; throws if nobody waits for them.
    func textFeatures(_ texts: [[Int]], check: () throws -> Void) throws -> Matrix {
        try knownTexts.features(of: texts) { unknown in
            try check()
            return try model.model.clip.textFeatures(unknown)
        }
    }
}

extension PreparedRequest.Prompt {
    /// The texts to encode for it.
    var texts: [[Int]] {
        switch self {
        case .texts(let texts), .blend(let texts, _, _, _): texts
        case .image, .embedding: []
        }
    }
}
