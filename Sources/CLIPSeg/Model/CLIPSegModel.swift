public import Compute
import Glibc

/// CLIP: texts and images in one space.
public struct CLIPSegModel: Sendable {
    /// How well texts and images match.
    public struct Output: Sendable {
        /// `[images, texts]`: scaled cosine similarities.
        public let logitsPerImage: Matrix
        /// `[texts, images]`, its transpose.
        public let logitsPerText: Matrix
        /// `[texts, projectionDim]`, of length 1.
        public let textEmbeds: Matrix
        /// `[images, projectionDim]`, of length 1.
        public let imageEmbeds: Matrix

        /// The reference's `return_loss`: how far image and text number i are from preferring each other.
        ///
        /// - Throws: `ModelError` unless there are as many texts as images.
        public func contrastiveLoss() throws -> Float {
            guard textEmbeds.rows == imageEmbeds.rows else {
                throw ModelError.mismatch("the contrastive loss pairs each image with one text: give as many of both")
            }
            return (CLIPSeg.contrastiveLoss(logitsPerText) + CLIPSeg.contrastiveLoss(logitsPerImage)) / 2
        }
    }

    /// The text encoder.
    public let textModel: CLIPSegTextModel
    /// The image encoder.
    public let visionModel: CLIPSegVisionModel
    /// The logarithm of the factor on similarities.
    public let logitScale: Float

    private let backend: any Backend
    private let textProjection: Linear
    private let visualProjection: Linear

    /// Loads the model alone, from the checkpoint of a whole CLIPSeg or of a `CLIPSegModel`.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`, `BackendError`.
    public init(_ folder: CheckpointFolder, backend: any Backend) throws {
        try self.init(WeightReader.clip(folder, for: backend), config: CLIPSegConfig(folder))
    }

    init(_ weights: WeightReader, config: CLIPSegConfig) throws {
        backend = weights.backend
        textModel = try CLIPSegTextModel(weights["text_model"], config: config.textConfig)
        visionModel = try CLIPSegVisionModel(weights["vision_model"], config: config.visionConfig)
        textProjection = try weights["text_projection"].linear(
            inputs: config.textConfig.hiddenSize, outputs: config.projectionDim, bias: false)
        visualProjection = try weights["visual_projection"].linear(
            inputs: config.visionConfig.hiddenSize, outputs: config.projectionDim, bias: false)
        logitScale = try weights.values("logit_scale")[0]
    }

    /// The prompts in the common space, `[prompts, projectionDim]`, not normalised.
    ///
    /// - Throws: `ModelError`, `BackendError`; see `CLIPSegTextModel`.
    public func textFeatures(_ inputIDs: [[Int]]) throws -> Matrix {
        try backend.scratch.computing {
            try backend.linear(textModel(inputIDs).pooled, textProjection, activation: .identity, result: .float32)
        }
    }

    /// The images in the common space, `[images, projectionDim]`, not normalised.
    ///
    /// - Throws: `ModelError`, `BackendError`; see `CLIPSegVisionModel`.
    public func imageFeatures(_ pixels: PixelValues) throws -> Matrix {
        try imageFeatures(visionModel(pixels))
    }

    func imageFeatures(_ output: CLIPSegVisionModel.Output) throws -> Matrix {
        guard let pooled = output.pooled else { throw ModelError.empty("pooled output") }
        return try backend.scratch.computing {
            try backend.linear(pooled, visualProjection, activation: .identity, result: .float32)
        }
    }

    /// Compares each image with each prompt.
    ///
    /// - Throws: as `textFeatures` and `imageFeatures` do.
    public func callAsFunction(_ inputIDs: [[Int]], _ pixels: PixelValues) throws -> Output {
        compare(textFeatures: try textFeatures(inputIDs), imageFeatures: try imageFeatures(pixels))
    }

    /// Compares features, `[texts, projectionDim]` and `[images, projectionDim]`, normalised or not.
    public func compare(textFeatures: Matrix, imageFeatures: Matrix) -> Output {
        let texts = textFeatures.normalizedRows()
        let images = imageFeatures.normalizedRows()
        let scale = exp(logitScale)
        func similarity(_ a: Matrix, _ b: Matrix) -> Matrix {
            let left = a.values
            let right = b.values
            let width = a.columns
            return Matrix(rows: a.rows, columns: b.rows) { target in
                for row in 0..<a.rows {
                    for column in 0..<b.rows {
                        let dot = (0..<width).reduce(Float(0)) {
                            $0 + left[row * width + $1] * right[column * width + $1]
                        }
                        target[row * b.rows + column] = dot * scale
                    }
                }
            }
        }
        return Output(
            logitsPerImage: similarity(images, texts), logitsPerText: similarity(texts, images), textEmbeds: texts,
            imageEmbeds: images)
    }
}

extension Matrix {
    /// Each row over its Euclidean length.
    public func normalizedRows() -> Matrix {
        var result = self
        result.withMutableValues { values in
            for row in 0..<rows {
                let range = row * columns..<(row + 1) * columns
                let length = values[range].reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
                for index in range { values[index] /= length }
            }
        }
        return result
    }
}
