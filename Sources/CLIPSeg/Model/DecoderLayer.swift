import Compute

/// A layer of CLIPSeg's decoder, which normalises after attention and perceptron.
struct DecoderLayer: Sendable {
    private let attention: SelfAttention
    private let norm1: LayerNorm
    private let perceptron: MultiLayerPerceptron
    private let norm2: LayerNorm

    init(_ weights: WeightReader, _ sizes: LayerSizes) throws {
        attention = try SelfAttention(
            weights["self_attn"], width: sizes.width, heads: sizes.heads, operand: sizes.operand)
        norm1 = try weights["layer_norm1"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
        perceptron = try MultiLayerPerceptron(
            weights["mlp"], width: sizes.width, intermediate: sizes.intermediate, activation: sizes.activation,
            operand: sizes.operand)
        norm2 = try weights["layer_norm2"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
    }

    func callAsFunction(_ hidden: inout Matrix, sequences: [Int], on backend: any Backend) throws {
        try attention(hidden, addingTo: &hidden, sequences: sequences, causal: false, on: backend)
        hidden = backend.layerNorm(hidden, norm1, result: .float32)
        try perceptron(hidden, addingTo: &hidden, on: backend)
        hidden = backend.layerNorm(hidden, norm2, result: .float32)
    }
}
