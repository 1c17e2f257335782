import Compute

/// The decoder: turns what the image encoder saw on the way, modulated by a prompt, into logits.
///
/// Source: *Image Segmentation Using Text and Image Prompts*, arXiv 2112.10003, section 3.
struct CLIPSegDecoder: Sendable {
    private let backend: any Backend
    private let filmMul: Linear
    private let filmAdd: Linear
    private let reduces: [Linear]
    private let layers: [DecoderLayer]
    private let logitsHead: LogitsHead
    private let conditionalLayer: Int

    init(_ weights: WeightReader, config: CLIPSegConfig) throws {
        backend = weights.backend
        filmMul = try weights["film_mul"].linear(inputs: config.projectionDim, outputs: config.reduceDim)
        filmAdd = try weights["film_add"].linear(inputs: config.projectionDim, outputs: config.reduceDim)
        let sizes = LayerSizes(
            width: config.reduceDim, heads: config.decoderNumAttentionHeads,
            intermediate: config.decoderIntermediateSize, activation: .relu, epsilon: config.visionConfig.layerNormEps,
            operand: backend.precision.element)
        let depth = config.extractLayers.indices
        reduces = try depth.map {
            try weights["reduces.\($0)"].linear(inputs: config.visionConfig.hiddenSize, outputs: config.reduceDim)
        }
        layers = try depth.map { try DecoderLayer(weights["layers.\($0)"], sizes) }
        logitsHead = try LogitsHead(weights["transposed_convolution"], config: config)
        conditionalLayer = config.conditionalLayer
    }

    /// An extracted layer's output in the decoder's width: all that a prompt ever needs of an image.
    ///
    /// - Parameters:
    ///   - hidden: `[images × tokens, vision width]`.
    ///   - depth: The layer's place in `extractLayers`, counted from the end.
    func reduce(_ hidden: Matrix, depth: Int) throws -> Matrix {
        try backend.linear(hidden, reduces[depth], activation: .identity, result: .float32)
    }

    /// Decodes prompts, each for one of the encoded images, some at a time.
    ///
    /// - Parameters:
    ///   - image: What `reduce` made of the images.
    ///   - imageOfPrompt: For each prompt the number of its image.
    ///   - conditionalEmbeddings: `[prompts, projectionDim]`.
    func callAsFunction(
        _ image: ImageEncoding, imageOfPrompt: [Int], conditionalEmbeddings: Matrix
    ) throws -> Logits {
        let (height, width) = logitsHead.size(of: image.grid)
        let plane = height * width
        let count = imageOfPrompt.count * plane
        let values = try [Float](unsafeUninitializedCapacity: count) { values, initialized in
            try backend.scratch.computing {
                for prompts in Self.batches(of: imageOfPrompt.count, tokens: image.grid.tokens) {
                    let patches = try decode(
                        image, imageOfPrompt: Array(imageOfPrompt[prompts]),
                        conditionalEmbeddings: conditionalEmbeddings.rows(prompts))
                    let planes = values[prompts.lowerBound * plane..<prompts.upperBound * plane]
                    try logitsHead(
                        patches, image.grid, on: backend, into: UnsafeMutableBufferPointer(rebasing: planes))
                }
            }
            initialized = count
        }
        return Logits(prompts: imageOfPrompt.count, height: height, width: width, values: values)
    }

    /// The prompts of each batch. What is computed for one stays in the caches, and in blocks of memory that are there from
    /// the batch before: 32 prompts at once take more than twice as long.
    private static func batches(of prompts: Int, tokens: Int) -> [Range<Int>] {
        let size = max(1, tokensInBatch / tokens)
        return stride(from: 0, to: prompts, by: size).map { $0..<min($0 + size, prompts) }
    }

    private static let tokensInBatch = 2048

    /// The last layer's output for one batch, without class tokens: `[prompts × patches, reduceDim]`.
    private func decode(
        _ image: ImageEncoding, imageOfPrompt: [Int], conditionalEmbeddings: Matrix
    ) throws -> Matrix {
        let tokens = image.grid.tokens
        let sequences = [Int](repeating: tokens, count: imageOfPrompt.count)
        var output: Matrix?
        for (index, layer) in layers.enumerated() {
            var hidden = image.reduced[index].rows(
                in: imageOfPrompt.map { $0 * tokens..<($0 + 1) * tokens })
            if let output { hidden.add(output) }
            if index == conditionalLayer { try modulate(&hidden, conditionalEmbeddings, tokens: tokens) }
            try layer(&hidden, sequences: sequences, on: backend)
            output = hidden
        }
        guard let output else { throw ModelError.empty("extracted layer") }
        return output.droppingClassTokens(sequences: sequences.count, tokens: tokens)
    }

    /// Feature-wise linear modulation (FiLM): scales and shifts each prompt's tokens as its embedding says.
    private func modulate(_ hidden: inout Matrix, _ conditionalEmbeddings: Matrix, tokens: Int) throws {
        let scales = try backend.linear(conditionalEmbeddings, filmMul, activation: .identity, result: .float32)
        let shifts = try backend.linear(conditionalEmbeddings, filmAdd, activation: .identity, result: .float32)
        let width = hidden.columns
        hidden.withMutableValues { hidden in
            scales.withValues { scales in
                shifts.withValues { shifts in
                    for row in 0..<hidden.count / width {
                        let prompt = row / tokens
                        for column in 0..<width {
                            let index = row * width + column
                            hidden[index] =
                                scales[prompt * width + column] * hidden[index] + shifts[prompt * width + column]
                        }
                    }
                }
            }
        }
    }
}

extension Matrix {
    fileprivate mutating func add(_ other: Matrix) {
        withMutableValues { sum in
            other.withValues { values in
                for index in sum.indices { sum[index] += values[index] }
            }
        }
    }

    fileprivate func droppingClassTokens(sequences: Int, tokens: Int) -> Matrix {
        rows(in: (0..<sequences).map { $0 * tokens + 1..<($0 + 1) * tokens })
    }
}
