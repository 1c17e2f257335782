public import Compute
public import Logging

/// CLIPSeg: CLIP with a decoder that tells, for every pixel, how much it belongs to a prompt.
///
/// A prompt is a text, an image, or an embedding of one's own. Encode images once with `encode`, prompts with
/// `CLIPSegModel`'s features, and combine them with `decode`; or do all at once as the reference's `forward` does.
public struct CLIPSegForImageSegmentation: Sendable {
    /// What `callAsFunction` answers.
    public struct Output: Sendable {
        /// One plane a prompt.
        public let logits: Logits
        /// `[prompts, projectionDim]`: the prompts in the space that texts and images share.
        public let conditionalEmbeddings: Matrix
        /// The mean binary cross-entropy of the logits against labels, if there were labels.
        public let loss: Float?
    }

    /// The sizes of the model.
    public let config: CLIPSegConfig
    /// The two encoders.
    public let clip: CLIPSegModel

    private let decoder: CLIPSegDecoder

    /// Loads a model.
    ///
    /// - Parameters:
    ///   - folder: A checkpoint as `save_pretrained` writes it: `config.json` and weights.
    ///   - backend: What the model will compute with; the weights are packed for it.
    ///   - logger: Told about tensors that the model does not know.
    /// - Throws: `CheckpointError`, `ConfigurationError`, `BackendError`.
    public init(_ folder: CheckpointFolder, backend: any Backend, logger: Logger? = nil) throws {
        let config = try CLIPSegConfig(folder)
        let checkpoint = try Checkpoint(folder)
        let weights = WeightReader(checkpoint, for: backend)
        self.config = config
        clip = try CLIPSegModel(weights["clip"], config: config)
        decoder = try CLIPSegDecoder(weights["decoder"], config: config)
        let unknown = checkpoint.unknownTensors
        if !unknown.isEmpty {
            logger?.warning(
                "the checkpoint has tensors that CLIPSeg does not know; they are ignored",
                metadata: ["count": "\(unknown.count)", "first": "\(unknown[0])"])
        }
    }

    /// Encodes images for any number of prompts. Layers after the last extracted one are not computed.
    ///
    /// - Throws: `ModelError` if the images are smaller than a patch, `BackendError`.
    public func encode(_ pixels: PixelValues) throws -> ImageEncoding {
        let lastFirst = Array(config.extractLayers.reversed())
        var reduced = [Matrix?](repeating: nil, count: lastFirst.count)
        let (_, grid) = try clip.visionModel.encode(pixels, layers: config.encodedLayers) { layer, hidden in
            for depth in lastFirst.indices where lastFirst[depth] == layer {
                reduced[depth] = try decoder.reduce(hidden, depth: depth)
            }
        }
        // None is missing: a configuration that names a layer which there is not was refused.
        return ImageEncoding(images: pixels.images, reduced: reduced.compactMap { $0 }, grid: grid)
    }

    /// Decodes prompts as one batch.
    ///
    /// - Parameters:
    ///   - image: The encoding of one image, which every prompt is asked of, or of as many as there are prompts.
    ///   - conditionalEmbeddings: `[prompts, projectionDim]`: text features, image features, or one's own.
    /// - Throws: `ModelError` if the numbers do not agree, `BackendError`.
    public func decode(_ image: ImageEncoding, conditionalEmbeddings: Matrix) throws -> Logits {
        let prompts = conditionalEmbeddings.rows
        guard prompts > 0 else { throw ModelError.empty("prompt") }
        guard conditionalEmbeddings.columns == config.projectionDim else {
            throw ModelError.mismatch(
                "an embedding has \(conditionalEmbeddings.columns) numbers, but this model's have "
                    + "\(config.projectionDim)")
        }
        guard image.images == 1 || image.images == prompts else {
            throw ModelError.mismatch(
                "\(image.images) images and \(prompts) prompts: give one image, or one prompt for each image")
        }
        return try decoder(
            image, imageOfPrompt: image.images == 1 ? [Int](repeating: 0, count: prompts) : Array(0..<prompts),
            conditionalEmbeddings: conditionalEmbeddings)
    }

    /// Segments by text.
    ///
    /// - Parameters:
    ///   - pixels: One image, or one for each prompt.
    ///   - inputIDs: The tokens of each prompt.
    ///   - labels: What the probabilities should be, in the order of the logits, to get the loss.
    public func callAsFunction(
        _ pixels: PixelValues, inputIDs: [[Int]], labels: [Float]? = nil
    ) throws -> Output {
        try callAsFunction(pixels, conditionalEmbeddings: clip.textFeatures(inputIDs), labels: labels)
    }

    /// Segments by example: `conditionalPixels` show what to look for.
    public func callAsFunction(
        _ pixels: PixelValues, conditionalPixels: PixelValues, labels: [Float]? = nil
    ) throws -> Output {
        try callAsFunction(pixels, conditionalEmbeddings: clip.imageFeatures(conditionalPixels), labels: labels)
    }

    /// Segments by embeddings of one's own, `[prompts, projectionDim]`.
    public func callAsFunction(
        _ pixels: PixelValues, conditionalEmbeddings: Matrix, labels: [Float]? = nil
    ) throws -> Output {
        let logits = try decode(encode(pixels), conditionalEmbeddings: conditionalEmbeddings)
        let loss = try labels.map { labels in
            guard labels.count == logits.values.count else {
                throw ModelError.mismatch("\(labels.count) labels for \(logits.values.count) logits")
            }
            return binaryCrossEntropy(logits.values, labels)
        }
        return Output(logits: logits, conditionalEmbeddings: conditionalEmbeddings, loss: loss)
    }
}
