public import Compute

/// CLIP's text encoder, a transformer with a causal mask.
public struct CLIPSegTextModel: Sendable {
    /// What the encoder makes of prompts.
    public struct Output: Sendable {
        /// For each prompt `[tokens, width]`: the last layer's output, normalised, up to the token it is pooled at.
        /// What follows that token can't change anything before it and is not computed.
        public let lastHiddenStates: [Matrix]
        /// `[prompts, width]`: the last hidden states at the pooled tokens.
        public let pooled: Matrix
    }

    private let backend: any Backend
    private let tokenEmbedding: Matrix
    private let positionEmbedding: Matrix
    private let layers: [EncoderLayer]
    private let finalNorm: LayerNorm
    private let eosTokenID: Int

    /// Loads the model alone, from the checkpoint of a whole CLIPSeg or of a `CLIPSegModel`.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`, `BackendError`.
    public init(_ folder: CheckpointFolder, backend: any Backend) throws {
        try self.init(WeightReader.clip(folder, for: backend)["text_model"], config: CLIPSegConfig(folder).textConfig)
    }

    init(_ weights: WeightReader, config: CLIPSegTextConfig) throws {
        backend = weights.backend
        let embeddings = weights["embeddings"]
        tokenEmbedding = try embeddings["token_embedding"]
            .table("weight", rows: config.vocabularySize, columns: config.hiddenSize)
            .converted(to: backend.precision.element)
        positionEmbedding = try embeddings["position_embedding"].table(
            "weight", rows: config.maxPositionEmbeddings, columns: config.hiddenSize)
        let sizes = LayerSizes(
            width: config.hiddenSize, heads: config.numAttentionHeads, intermediate: config.intermediateSize,
            activation: config.hiddenAct.activation, epsilon: config.layerNormEps,
            operand: backend.precision.encoderElement)
        layers = try (0..<config.numHiddenLayers).map { index in
            try EncoderLayer(weights["encoder.layers.\(index)"], sizes)
        }
        finalNorm = try weights["final_layer_norm"].layerNorm(width: config.hiddenSize, epsilon: config.layerNormEps)
        eosTokenID = config.eosTokenID
    }

    /// Encodes prompts, all in one batch.
    ///
    /// - Parameter inputIDs: The tokens of each prompt, start and end included; padding after the end is ignored.
    /// - Throws: `ModelError` if a prompt is empty, too long, or has tokens that the vocabulary does not;
    ///   `BackendError`.
    public func callAsFunction(_ inputIDs: [[Int]]) throws -> Output {
        guard !inputIDs.isEmpty else { throw ModelError.empty("prompt") }
        let prompts = try inputIDs.map { ids in
            try validate(ids)
            return ids[...pooledPosition(of: ids)]
        }
        return try backend.scratch.computing {
            var hidden = embed(prompts)
            let sequences = prompts.map(\.count)
            for layer in layers { try layer(&hidden, sequences: sequences, causal: true, on: backend) }
            hidden = backend.layerNorm(hidden, finalNorm, result: .float32)

            let ends = sequences.indices.map { sequences[...$0].reduce(0, +) }
            return Output(
                lastHiddenStates: zip(ends, sequences).map { end, length in hidden.rows(end - length..<end) },
                pooled: hidden.rows(at: ends.map { $0 - 1 }))
        }
    }

    /// Where a prompt is pooled: at the first end token, or at the largest id where the configuration says 2.
    private func pooledPosition(of ids: [Int]) -> Int {
        let eos = eosTokenID == Self.legacyEOSTokenID ? ids.max() : eosTokenID
        return ids.firstIndex { $0 == eos } ?? 0
    }

    /// Configurations from before transformers #24773 name this token, which is not the end token.
    private static let legacyEOSTokenID = 2

    private func validate(_ ids: [Int]) throws(ModelError) {
        guard !ids.isEmpty else { throw .empty("token in a prompt") }
        guard ids.count <= positionEmbedding.rows else {
            throw .promptTooLong(tokens: ids.count, limit: positionEmbedding.rows)
        }
        if let id = ids.first(where: { !(0..<tokenEmbedding.rows).contains($0) }) {
            throw .unknownToken(id: id, vocabularySize: tokenEmbedding.rows)
        }
    }

    /// Tokens with their positions added, prompt after prompt.
    func embed(_ prompts: [ArraySlice<Int>]) -> Matrix {
        var hidden = tokenEmbedding.rows(at: Array(prompts.joined())).converted(to: .float32)
        let width = hidden.columns
        hidden.withMutableValues { hidden in
            positionEmbedding.withValues { positions in
                for (row, position) in prompts.flatMap({ 0..<$0.count }).enumerated() {
                    for column in 0..<width {
                        hidden[row * width + column] += positions[position * width + column]
                    }
                }
            }
        }
        return hidden
    }
}
