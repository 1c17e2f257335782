#if OneDNN
import CDNNL
import CKernels
import Synchronization

/// Matrix products by kernels of our own on AVX-512 and AVX2, elsewhere by oneDNN; the rest by vector kernels.
///
/// Each of oneDNN's products runs on one thread; this type splits rows, columns, or heads, over threads. That keeps the
/// number of threads in Dispatch's hands instead of multiplying it with OpenMP's.
public final class OneDNNBackend: Backend {
    /// The precision of matrix products.
    public let precision: Precision
    /// Where intermediate results lie.
    public let scratch = ScratchArenas()
    let loop: ParallelLoop
    let products = OneDNNProducts()

    /// Whether this CPU has native instructions for bfloat16 products, without which they are no faster than 32 bits.
    public static var hasNativeBFloat16: Bool { clipseg_dnnl_has_native_bfloat16() }

    /// Whether there are kernels for such operands on this CPU.
    static func canMultiply(_ operand: Element) -> Bool { operand == .float32 || VectorSet.best(for: operand) != nil }

    /// Creates a backend that computes on up to `threads` threads. Computations that run at the same time share `cores`; without,
    /// each has as many as threads.
    public init(precision: Precision, threads: Int, sharing cores: CoreOccupancy? = nil) {
        self.precision = precision
        loop = ParallelLoop(threads: threads, sharing: cores)
    }

    public func pack(
        weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?, operand: Element?
    ) throws(BackendError) -> Linear {
        precondition(weights.count == inputs * outputs, "a linear layer takes outputs × inputs weights")
        let operand = operand ?? precision.element
        guard let vectors = VectorSet.best(for: operand) else {
            guard operand == .float32 else {
                throw BackendError(description: "This CPU has no AVX2, without which only fp32 can be multiplied")
            }
            let product = try products.product(
                packing: ProductShape(
                    rows: 0, inner: inputs, columns: outputs, operands: operand, result: .float32, bias: bias != nil))
            return Linear(
                inputs: inputs, outputs: outputs, packing: .oneDNN,
                weights: try product.pack(weights.baseAddress, .float32), bias: bias)
        }
        guard operand != .int8 else {
            return packInt8(weights, inputs: inputs, outputs: outputs, bias: bias, for: vectors)
        }
        return Linear(
            inputs: inputs, outputs: outputs, packing: .panels(operand, vectors),
            weights: TiledProduct.pack(
                weights, inputs: inputs, outputs: outputs, as: operand, for: vectors, in: scratch),
            bias: bias)
    }

    public func linear(
        _ input: Matrix, _ layer: Linear, activation: Activation, result: Element?
    ) throws(BackendError) -> Matrix {
        let result = result ?? precision.element
        // The scale of a row in 8 bits is known when all of the row is.
        let output = Matrix(
            uninitializedRows: input.rows, columns: layer.outputs, element: result == .int8 ? .float32 : result)
        try multiply(input, layer, into: output, activation: activation, accumulate: false)
        return converted(output, to: result)
    }

    public func linear(
        _ input: Matrix, _ layer: Linear, addingTo residual: inout Matrix, from row: Int
    ) throws(BackendError) {
        precondition(residual.element == .float32, "the residual stream is in 32 bits")
        residual.makeUnique()
        try multiply(input, layer, into: residual, from: row, activation: .identity, accumulate: true)
    }

    public func layerNorm(_ input: Matrix, _ parameters: LayerNorm, result: Element?) -> Matrix {
        precondition(input.columns == parameters.gain.count, "a layer norm of another width")
        precondition(input.element == .float32, "layer norms read 32 bits")
        let element = result ?? precision.element
        let output = Matrix(uninitializedRows: input.rows, columns: input.columns, element: element)
        let width = input.columns
        loop.split(input.rows, minimum: 32, scratch: width * MemoryLayout<Float>.stride) { rows, wide in
            for row in rows {
                let start = row * width
                let target =
                    element == .float32 ? output.buffer.floats(from: start) : wide.assumingMemoryBound(to: Float.self)
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
            if let vectors = VectorSet.best(for: operands.element) {
                TiledAttention(
                    shape: shape, sequences: sequences, heads: heads, causal: causal, vectors: vectors, loop: loop)(
                        converted(operands, to: vectors.multiplied(operands.element)))
            } else {
                try OneDNNAttention(
                    shape, sequences: sequences, heads: heads, causal: causal, products: products, loop: loop)(operands)
            }
        return converted(context, to: result ?? precision.element)
    }

    // MARK: -

    /// What `Matrix.converted` answers, rows split over threads.
    func converted(_ matrix: Matrix, to element: Element) -> Matrix {
        guard element != matrix.element else { return matrix }
        let result = Matrix(uninitializedRows: matrix.rows, columns: matrix.columns, element: element)
        loop.split(matrix.rows, minimum: 32, scratch: matrix.columns * MemoryLayout<Float>.stride) { rows, wide in
            matrix.convert(rows, into: result, by: wide.assumingMemoryBound(to: Float.self))
        }
        return result
    }

    private func multiply(
        _ input: Matrix, _ layer: Linear, into output: Matrix, from row: Int = 0, activation: Activation,
        accumulate: Bool
    ) throws(BackendError) {
        precondition(input.columns == layer.inputs, "a linear layer of another width")
        precondition(output.columns == layer.outputs, "a result of another width")
        precondition(row >= 0 && row + input.rows <= output.rows, "rows outside the result")
        let operand = converted(input, to: layer.operand)
        switch layer.packing {
        case .panels(.int8, let vectors):
            multiplyInt8(
                operand, layer, by: vectors, into: output, from: row, activation: activation, accumulate: accumulate)
        case .panels(_, let vectors):
            let product = TiledProduct(layer: layer, activation: activation, vectors: vectors, loop: loop)
            product(
                converted(operand, to: vectors.multiplied(operand.element)), into: output, from: row,
                accumulate: accumulate)
        case .oneDNN:
            try multiplyByOneDNN(
                operand, layer, into: output, from: row, activation: activation, accumulate: accumulate)
        case .plain:
            // `pack` above makes no such layer: a program has mixed those of two backends.
            preconditionFailure("a layer packed by another backend")
        }
    }

    private func multiplyByOneDNN(
        _ operand: Matrix, _ layer: Linear, into output: Matrix, from row: Int, activation: Activation,
        accumulate: Bool
    ) throws(BackendError) {
        let shape = ProductShape(
            rows: operand.rows, inner: layer.inputs, columns: layer.outputs, operands: layer.operand,
            result: output.element, bias: layer.bias != nil, activation: activation, accumulate: accumulate)
        try products.run(shape, over: loop) { rows, product in
            product(
                operand.address(ofRow: rows.lowerBound), layer.weights.base, bias: layer.bias?.floats(),
                into: output.address(ofRow: row + rows.lowerBound))
        }
    }
}
#endif
