/// The arithmetic that CLIPSeg needs, on one kind of hardware or library.
///
/// A batch is rows after rows; an operation that must know where one sequence ends is told the lengths. Operations
/// that prepare the input of a matrix product answer in the backend's operand format, see `Precision`.
public protocol Backend: Sendable {
    /// The precision of matrix products.
    var precision: Precision { get }
    /// Where intermediate results lie: whoever computes several operations does so in an arena of these.
    var scratch: ScratchArenas { get }

    /// Lays out `weights[outputs, inputs]`, row by row, for products with operands in this format, or in the format of
    /// the backend's precision where none is given. In 8 bits each output's weights have a scale of their own.
    func pack(
        weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?, operand: Element?
    ) throws(BackendError) -> Linear

    /// `activation(input · Wᵀ + b)`, as `result`, or as the operand of a further product where none is given.
    func linear(_ input: Matrix, _ layer: Linear, activation: Activation, result: Element?) throws(BackendError)
        -> Matrix

    /// Adds `input · Wᵀ + b` to as many rows of `residual`, from `row` on; the residual stays in 32 bits.
    func linear(
        _ input: Matrix, _ layer: Linear, addingTo residual: inout Matrix, from row: Int
    ) throws(BackendError)

    /// Multi-head scaled dot-product attention within each sequence.
    ///
    /// - Parameters:
    ///   - projections: Queries, keys and values beside each other, `[tokens, 3 · width]`.
    ///   - sequences: How many of the tokens, one after the other, belong to each sequence.
    ///   - heads: A divisor of `width`.
    ///   - causal: Whether a token sees only itself and what comes before it.
    ///   - result: The format of the answer; where none is given, that of the operand of a further product.
    /// - Returns: `[tokens, width]`.
    func attention(
        _ projections: Matrix, sequences: [Int], heads: Int, causal: Bool, result: Element?
    ) throws(BackendError) -> Matrix

    /// Each row normalised, as `result`, or as the operand of a product where none is given.
    func layerNorm(_ input: Matrix, _ parameters: LayerNorm, result: Element?) -> Matrix

    /// Each row's `exp(x) / Σ exp(x)`, in 32 bits.
    func softmax(_ input: Matrix) -> Matrix
}

/// A computation that the library underneath refused.
public struct BackendError: Error, Sendable, CustomStringConvertible {
    /// What failed, and what may help.
    public let description: String
}

extension Backend {
    /// Lays out a linear layer whose weights are in an array.
    public func pack(
        weights: [Float], inputs: Int, outputs: Int, bias: [Float]?, operand: Element? = nil
    ) throws(BackendError) -> Linear {
        try weights.withUnsafeBufferPointer { weights throws(BackendError) in
            try pack(weights: weights, inputs: inputs, outputs: outputs, bias: bias, operand: operand)
        }
    }

    /// Attention whose answer is the operand of a further product.
    public func attention(
        _ projections: Matrix, sequences: [Int], heads: Int, causal: Bool
    ) throws(BackendError) -> Matrix {
        try attention(projections, sequences: sequences, heads: heads, causal: causal, result: nil)
    }

    /// `input · Wᵀ + b`, as the operand of a further product.
    public func linear(_ input: Matrix, _ layer: Linear) throws(BackendError) -> Matrix {
        try linear(input, layer, activation: .identity, result: nil)
    }

    /// `residual += input · Wᵀ + b`.
    public func linear(_ input: Matrix, _ layer: Linear, addingTo residual: inout Matrix) throws(BackendError) {
        precondition(residual.rows == input.rows, "a residual of another shape")
        try linear(input, layer, addingTo: &residual, from: 0)
    }

    /// Each row normalised, as the operand of a product.
    public func layerNorm(_ input: Matrix, _ parameters: LayerNorm) -> Matrix {
        layerNorm(input, parameters, result: nil)
    }
}
