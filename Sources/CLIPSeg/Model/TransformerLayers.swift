import Compute

/// Multi-head self-attention: queries, keys and values in one product, then a product over the heads' answers.
struct SelfAttention: Sendable {
    private let queryKeyValue: Linear
    private let output: Linear
    private let heads: Int

    init(_ weights: WeightReader, width: Int, heads: Int) throws {
        let parts = ["q_proj", "k_proj", "v_proj"]
        queryKeyValue = try weights.backend.pack(
            weights: try parts.flatMap { try weights[$0].values("weight", width, width) }, inputs: width,
            outputs: 3 * width, bias: try parts.flatMap { try weights[$0].values("bias", width) })
        output = try weights["out_proj"].linear(inputs: width, outputs: width)
        self.heads = heads
    }

    /// Adds to `residual` what each token of `input` learns from its sequence.
    func callAsFunction(
        _ input: Matrix, addingTo residual: inout Matrix, sequences: [Int], causal: Bool, on backend: any Backend
    ) throws {
        let projections = try backend.linear(input, queryKeyValue)
        let context = try backend.attention(projections, sequences: sequences, heads: heads, causal: causal)
        try backend.linear(context, output, addingTo: &residual)
    }
}

/// Two linear layers with an activation between them.
struct MultiLayerPerceptron: Sendable {
    private let first: Linear
    private let second: Linear
    private let activation: Activation

    init(_ weights: WeightReader, width: Int, intermediate: Int, activation: Activation) throws {
        first = try weights["fc1"].linear(inputs: width, outputs: intermediate)
        second = try weights["fc2"].linear(inputs: intermediate, outputs: width)
        self.activation = activation
    }

    func callAsFunction(_ input: Matrix, addingTo residual: inout Matrix, on backend: any Backend) throws {
        let hidden = try backend.linear(input, first, activation: activation, result: nil)
        try backend.linear(hidden, second, addingTo: &residual)
    }
}

/// The sizes that encoder and decoder layers have in common.
struct LayerSizes {
    let width: Int
    let heads: Int
    let intermediate: Int
    let activation: Activation
    let epsilon: Float
}

/// A layer of CLIP's encoders, which normalises before attention and perceptron.
struct EncoderLayer: Sendable {
    private let norm1: LayerNorm
    private let attention: SelfAttention
    private let norm2: LayerNorm
    private let perceptron: MultiLayerPerceptron

    init(_ weights: WeightReader, _ sizes: LayerSizes) throws {
        norm1 = try weights["layer_norm1"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
        attention = try SelfAttention(weights["self_attn"], width: sizes.width, heads: sizes.heads)
        norm2 = try weights["layer_norm2"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
        perceptron = try MultiLayerPerceptron(
            weights["mlp"], width: sizes.width, intermediate: sizes.intermediate, activation: sizes.activation)
    }

    func callAsFunction(_ hidden: inout Matrix, sequences: [Int], causal: Bool, on backend: any Backend) throws {
        try attention(
            backend.layerNorm(hidden, norm1), addingTo: &hidden, sequences: sequences, causal: causal, on: backend)
        try perceptron(backend.layerNorm(hidden, norm2), addingTo: &hidden, on: backend)
    }
}

/// A layer of CLIPSeg's decoder, which normalises after attention and perceptron.
struct DecoderLayer: Sendable {
    private let attention: SelfAttention
    private let norm1: LayerNorm
    private let perceptron: MultiLayerPerceptron
    private let norm2: LayerNorm

    init(_ weights: WeightReader, _ sizes: LayerSizes) throws {
        attention = try SelfAttention(weights["self_attn"], width: sizes.width, heads: sizes.heads)
        norm1 = try weights["layer_norm1"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
        perceptron = try MultiLayerPerceptron(
            weights["mlp"], width: sizes.width, intermediate: sizes.intermediate, activation: sizes.activation)
        norm2 = try weights["layer_norm2"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
    }

    func callAsFunction(_ hidden: inout Matrix, sequences: [Int], on backend: any Backend) throws {
        try attention(hidden, addingTo: &hidden, sequences: sequences, causal: false, on: backend)
        hidden = backend.layerNorm(hidden, norm1, result: .float32)
        try perceptron(hidden, addingTo: &hidden, on: backend)
        hidden = backend.layerNorm(hidden, norm2, result: .float32)
    }
}
