#if OneDNN
import CDNNL
import CKernels
import Synchronization

/// Matrix products by oneDNN, the rest by vector kernels.
///
/// Each product runs on one thread; this type splits rows, or heads, over threads. That keeps the number of threads in
/// Dispatch's hands instead of multiplying it with OpenMP's.
public final class OneDNNBackend: Backend {
    /// The precision of matrix products.
    public let precision: Precision
    let loop: ParallelLoop
    let products = OneDNNProducts()

    /// Whether oneDNN can multiply bfloat16 on this CPU at all.
    static var hasBFloat16: Bool { clipseg_dnnl_has_avx512() }

    /// Whether this CPU has native instructions for bfloat16 products, without which they are slower than 32 bits.
    public static var hasNativeBFloat16: Bool { clipseg_dnnl_has_native_bfloat16() }

    /// Whether this CPU multiplies 8-bit integers with exact sums.
    static var hasInt8: Bool { clipseg_dnnl_has_int8() }

    /// Creates a backend that computes on up to `threads` threads.
    public init(precision: Precision, threads: Int) {
        self.precision = precision
        loop = ParallelLoop(threads: threads)
    }

    public func pack(
        weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?, operand: Element?
    ) throws(BackendError) -> Linear {
        precondition(weights.count == inputs * outputs, "a linear layer takes outputs × inputs weights")
        let operand = operand ?? precision.element
        guard operand != .int8 else {
            return packInt8(weights, inputs: inputs, outputs: outputs, bias: bias)
        }
        let product = try products.product(
            packing: ProductShape(
                rows: 0, inner: inputs, columns: outputs, operands: operand, result: .float32, bias: bias != nil))
        return Linear(
            inputs: inputs, outputs: outputs, packing: .oneDNN(operand),
            weights: try product.pack(weights.baseAddress, .float32), bias: bias)
    }

    public func linear(
        _ input: Matrix, _ layer: Linear, activation: Activation, result: Element?
    ) throws(BackendError) -> Matrix {
        let output = Matrix(
            uninitializedRows: input.rows, columns: layer.outputs, element: result ?? precision.element)
        try multiply(input, layer, into: output, activation: activation, accumulate: false)
        return output
    }

    public func linear(_ input: Matrix, _ layer: Linear, addingTo residual: inout Matrix) throws(BackendError) {
        precondition(residual.element == .float32, "the residual stream is in 32 bits")
        residual.makeUnique()
        try multiply(input, layer, into: residual, activation: .identity, accumulate: true)
    }

    public func layerNorm(_ input: Matrix, _ parameters: LayerNorm, result: Element?) -> Matrix {
        precondition(input.columns == parameters.gain.count, "a layer norm of another width")
        precondition(input.element == .float32, "layer norms read 32 bits")
        let element = result ?? precision.element
        let output = Matrix(uninitializedRows: input.rows, columns: input.columns, element: element)
        let width = input.columns
        loop.split(input.rows, minimum: 32) { rows in
            let wide = Buffer(byteCount: width * MemoryLayout<Float>.stride)
            defer { withExtendedLifetime(wide) {} }
            for row in rows {
                let start = row * width
                let target = element == .float32 ? output.buffer.floats(from: start) : wide.floats()
                clipseg_layer_norm(
                    input.buffer.floats(from: start), width, parameters.gain, parameters.offset, parameters.epsilon,
                    target)
                output.write(target, to: row)
            }
        }
        return output
    }

    public func softmax(_ input: Matrix) -> Matrix {
        var output = input
        output.withMutableValues { values in
            for row in 0..<input.rows {
                clipseg_softmax(values.baseAddress.map { $0 + row * input.columns }, input.columns)
            }
        }
        return output
    }

    public func attention(
        _ projections: Matrix, sequences: [Int], heads: Int, causal: Bool, result: Element?
    ) throws(BackendError) -> Matrix {
        let shape = AttentionShape(projections, sequences: sequences, heads: heads)
        let operands = converted(projections, to: precision.element)
        let context =
            hasTiles
            ? TiledAttention(shape: shape, sequences: sequences, heads: heads, causal: causal, loop: loop)(operands)
            : try OneDNNAttention(
                shape, sequences: sequences, heads: heads, causal: causal, element: precision.element,
                products: products, loop: loop)(operands)
        return converted(context, to: result ?? precision.element)
    }

    // MARK: -

    /// Whether this CPU can run the kernels that attention in this precision is fastest with.
    private var hasTiles: Bool {
        precision.element == .float32 ? clipseg_dnnl_has_avx512() : clipseg_dnnl_has_native_bfloat16()
    }

    /// What `Matrix.converted` answers, rows split over threads.
    func converted(_ matrix: Matrix, to element: Element) -> Matrix {
        guard element != matrix.element else { return matrix }
        let result = Matrix(uninitializedRows: matrix.rows, columns: matrix.columns, element: element)
        loop.split(matrix.rows, minimum: 32) { matrix.convert($0, into: result) }
        return result
    }

    private func multiply(
        _ input: Matrix, _ layer: Linear, into output: Matrix, activation: Activation, accumulate: Bool
    ) throws(BackendError) {
        precondition(
            layer.packing == (layer.operand == .int8 ? .panels : .oneDNN(layer.operand)),
            "a layer packed by another backend")
        precondition(input.columns == layer.inputs, "a linear layer of another width")
        precondition(output.rows == input.rows && output.columns == layer.outputs, "a result of another shape")
        let operand = converted(input, to: layer.operand)
        guard layer.operand != .int8 else {
            return multiplyInt8(operand, layer, into: output, activation: activation, accumulate: accumulate)
        }
        let shape = ProductShape(
            rows: input.rows, inner: layer.inputs, columns: layer.outputs, operands: layer.operand,
            result: output.element, bias: layer.bias != nil, activation: activation, accumulate: accumulate)
        try products.run(shape, over: loop) { rows, product in
            product(
                operand.buffer.base + rows.lowerBound * layer.inputs * operand.element.byteCount,
                layer.weights.base, bias: layer.bias?.floats(),
                into: output.buffer.base + rows.lowerBound * layer.outputs * output.element.byteCount)
        }
    }
}
#endif
