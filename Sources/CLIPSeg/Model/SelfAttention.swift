import Compute

/// Multi-head self-attention: queries, keys and values in one product, then a product over the heads' answers.
struct SelfAttention: Sendable {
    private let queryKeyValue: Linear
    private let output: Linear
    private let heads: Int

    init(_ weights: WeightReader, width: Int, heads: Int, operand: Element) throws {
        queryKeyValue = try weights.linear(
            joining: ["q_proj", "k_proj", "v_proj"], inputs: width, outputs: width, operand: operand)
        output = try weights["out_proj"].linear(inputs: width, outputs: width, operand: operand)
        self.heads = heads
    }

    /// The format that `input` is best given in.
    var operand: Element { queryKeyValue.operand }

    /// Adds to `residual` what each token of `input` learns from its sequence.
    func callAsFunction(
        _ input: Matrix, addingTo residual: inout Matrix, sequences: [Int], causal: Bool, on backend: any Backend
    ) throws {
        let projections = try backend.linear(input, queryKeyValue)
        let context = try backend.attention(
            projections, sequences: sequences, heads: heads, causal: causal, result: output.operand)
        try backend.linear(context, output, addingTo: &residual)
    }
}
