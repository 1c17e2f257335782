public import Compute

/// CLIP's image encoder, a vision transformer.
public struct CLIPSegVisionModel: Sendable {
    /// What the encoder makes of images.
    public struct Output: Sendable {
        /// The outputs of the layers that were asked for, by layer counted from 0, each `[images × tokens, width]`;
        /// a class token stands before the patches of each image.
        public let hiddenStates: [Int: Matrix]
        /// `[images, width]`: the class tokens after the last layer, normalised; nil if not asked for.
        public let pooled: Matrix?
        /// The number of rows of patches.
        public let gridRows: Int
        /// The number of columns of patches.
        public let gridColumns: Int
    }

    private let backend: any Backend
    private let patchEmbeddings: PatchEmbeddings
    /// The class token is added to its position.
    private let positionEmbeddings: PositionEmbeddings
    private let preNorm: LayerNorm
    private let layers: [EncoderLayer]
    private let postNorm: LayerNorm
    private let patchSize: Int
    private let channels: Int

    /// Loads the model alone, from the checkpoint of a whole CLIPSeg or of a `CLIPSegModel`.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`, `BackendError`.
    public init(_ folder: CheckpointFolder, backend: any Backend) throws {
        try self.init(
            WeightReader.clip(folder, for: backend)["vision_model"], config: CLIPSegConfig(folder).visionConfig)
    }

    init(_ weights: WeightReader, config: CLIPSegVisionConfig) throws {
        backend = weights.backend
        patchSize = config.patchSize
        channels = config.numChannels
        let embeddings = weights["embeddings"]
        patchEmbeddings = try PatchEmbeddings(embeddings["patch_embedding"], config: config)
        let classEmbedding = try embeddings.values("class_embedding", config.hiddenSize)
        let trained = PatchGrid(rows: config.trainedGridSize, columns: config.trainedGridSize)
        var positions = try embeddings["position_embedding"].table(
            "weight", rows: trained.tokens, columns: config.hiddenSize)
        positions.withMutableValues { positions in
            for column in classEmbedding.indices { positions[column] += classEmbedding[column] }
        }
        positionEmbeddings = PositionEmbeddings(table: positions, trained: trained)
        // The name is spelled this way in every checkpoint.
        preNorm = try weights["pre_layrnorm"].layerNorm(width: config.hiddenSize, epsilon: config.layerNormEps)
        let sizes = LayerSizes(
            width: config.hiddenSize, heads: config.numAttentionHeads, intermediate: config.intermediateSize,
            activation: config.hiddenAct.activation, epsilon: config.layerNormEps,
            operand: backend.precision.encoderElement)
        layers = try (0..<config.numHiddenLayers).map { index in
            try EncoderLayer(weights["encoder.layers.\(index)"], sizes)
        }
        postNorm = try weights["post_layernorm"].layerNorm(width: config.hiddenSize, epsilon: config.layerNormEps)
    }

    /// Encodes images, computing no more layers than the answer needs.
    ///
    /// - Parameters:
    ///   - pixels: Any size of at least one patch.
    ///   - extractLayers: The layers, counted from 0, whose outputs to keep.
    ///   - pooled: Whether to compute the pooled output, which takes all layers.
    /// - Throws: `ModelError` if the images are too small or not of three channels, `BackendError`.
    public func callAsFunction(
        _ pixels: PixelValues, extractLayers: [Int] = [], pooled: Bool = true
    ) throws -> Output {
        let needed = pooled ? layers.count : (extractLayers.max() ?? -1) + 1
        var hiddenStates: [Int: Matrix] = [:]
        let (hidden, grid) = try encode(pixels, layers: needed) { layer, hidden in
            if extractLayers.contains(layer) { hiddenStates[layer] = hidden }
        }
        return Output(
            hiddenStates: hiddenStates, pooled: pooled ? classTokens(of: hidden, images: pixels.images, grid) : nil,
            gridRows: grid.rows, gridColumns: grid.columns)
    }

    /// Encodes images by the first `count` layers, and shows `visit` each one's output, which the next one changes: to keep
    /// it is to copy it.
    ///
    /// - Returns: The last one's output.
    func encode(
        _ pixels: PixelValues, layers count: Int, visit: (_ layer: Int, _ hidden: Matrix) throws -> Void
    ) throws -> (hidden: Matrix, grid: PatchGrid) {
        guard pixels.images > 0 else { throw ModelError.empty("image") }
        guard pixels.channels == channels else {
            throw ModelError.mismatch("the images have \(pixels.channels) channels, and the model takes \(channels)")
        }
        let grid = patchEmbeddings.grid(width: pixels.width, height: pixels.height)
        guard grid.count > 0 else {
            throw ModelError.imageTooSmall(width: pixels.width, height: pixels.height, patchSize: patchSize)
        }
        return try backend.scratch.computing {
            var hidden = backend.layerNorm(try embed(pixels, grid), preNorm, result: .float32)
            let sequences = [Int](repeating: grid.tokens, count: pixels.images)
            for index in 0..<count {
                try layers[index](&hidden, sequences: sequences, causal: false, on: backend)
                try visit(index, hidden)
            }
            return (hidden, grid)
        }
    }

    /// Patches and class tokens with their positions added, `[images × tokens, width]`.
    func embed(_ pixels: PixelValues, _ grid: PatchGrid) throws -> Matrix {
        let positions = positionEmbeddings(grid)
        var tokens = Matrix.concatenating([Matrix](repeating: positions, count: pixels.images))
        try patchEmbeddings(pixels, addingTo: &tokens, on: backend)
        return tokens
    }

    private func classTokens(of hidden: Matrix, images: Int, _ grid: PatchGrid) -> Matrix {
        let tokens = hidden.rows(at: (0..<images).map { $0 * grid.tokens })
        return backend.layerNorm(tokens, postNorm, result: .float32)
    }
}
