import Compute

/// A layer of CLIP's encoders, which normalises before attention and perceptron.
struct EncoderLayer: Sendable {
    private let norm1: LayerNorm
    private let attention: SelfAttention
    private let norm2: LayerNorm
    private let perceptron: MultiLayerPerceptron

    init(_ weights: WeightReader, _ sizes: LayerSizes) throws {
        norm1 = try weights["layer_norm1"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
        attention = try SelfAttention(
            weights["self_attn"], width: sizes.width, heads: sizes.heads, operand: sizes.operand)
        norm2 = try weights["layer_norm2"].layerNorm(width: sizes.width, epsilon: sizes.epsilon)
        perceptron = try MultiLayerPerceptron(
            weights["mlp"], width: sizes.width, intermediate: sizes.intermediate, activation: sizes.activation,
            operand: sizes.operand)
    }

    func callAsFunction(_ hidden: inout Matrix, sequences: [Int], causal: Bool, on backend: any Backend) throws {
        try attention(
            backend.layerNorm(hidden, norm1, result: attention.operand), addingTo: &hidden, sequences: sequences,
            causal: causal, on: backend)
        try perceptron(
            backend.layerNorm(hidden, norm2, result: perceptron.operand), addingTo: &hidden, on: backend)
    }
}
