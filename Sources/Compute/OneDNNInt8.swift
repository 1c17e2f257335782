#if OneDNN
import CKernels
import Synchronization

extension OneDNNBackend {
    /// What a block's sums may take of the second-level cache.
    private static let sumByteCount = 512 << 10

    func packInt8(
        _ weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?
    ) throws(BackendError) -> Linear {
        let rows = Matrix(quantizing: weights, rows: outputs, columns: inputs)
        defer { withExtendedLifetime(rows) {} }
        let product = try products.product(packing: Self.shape(rows: 0, inner: inputs, columns: outputs))
        return Linear(
            inputs: inputs, outputs: outputs, packing: .oneDNN(.int8),
            weights: try product.pack(rows.buffer.base, .int8), bias: bias,
            scales: (0..<outputs).map { rows.scales[$0] })
    }

    /// A product of rows in 8 bits, a block of rows at a time so that its sums are still in cache when scales, bias and
    /// activation follow.
    func multiplyInt8(
        _ input: Matrix, _ layer: Linear, into output: Matrix, activation: Activation, accumulate: Bool
    ) throws(BackendError) {
        let most = max(16, Self.sumByteCount / (layer.outputs * MemoryLayout<Int32>.stride))
        let parts = loop.parts(input.rows, minimum: 16).count
        let count = ((input.rows + most - 1) / most + parts - 1) / parts * parts
        let blocks = try (0..<count).map { part throws(BackendError) in
            let rows = input.rows * part / count..<input.rows * (part + 1) / count
            let shape = Self.shape(rows: rows.count, inner: layer.inputs, columns: layer.outputs)
            return (rows: rows, product: try products.product(shape))
        }
        let failure = Atomic<Int32>(0)
        loop.forEach(blocks.count) { index in
            let (rows, product) = blocks[index]
            let sums = Buffer(byteCount: rows.count * layer.outputs * MemoryLayout<Int32>.stride)
            defer { withExtendedLifetime(sums) {} }
            let status = product(
                input.buffer.int8s(from: rows.lowerBound * layer.inputs), layer.weights.base, into: sums.base)
            guard status == 0 else { return failure.store(status, ordering: .relaxed) }
            finish(sums, of: rows, input, layer, into: output, activation: activation, accumulate: accumulate)
        }
        let status = failure.load(ordering: .relaxed)
        guard status == 0 else {
            let shape = Self.shape(rows: input.rows, inner: layer.inputs, columns: layer.outputs)
            throw BackendError(status: status, doing: "compute", shape)
        }
    }

    private static func shape(rows: Int, inner: Int, columns: Int) -> ProductShape {
        ProductShape(rows: rows, inner: inner, columns: columns, operands: .int8, result: .float32)
    }

    private func finish(
        _ sums: Buffer, of rows: Range<Int>, _ input: Matrix, _ layer: Linear, into output: Matrix,
        activation: Activation, accumulate: Bool
    ) {
        let width = layer.outputs
        let wide = Buffer(byteCount: width * MemoryLayout<Float>.stride)
        defer { withExtendedLifetime(wide) {} }
        for row in rows {
            let sumRow = sums.int32s(from: (row - rows.lowerBound) * width)
            let target = output.element == .float32 ? output.buffer.floats(from: row * width) : wide.floats()
            if accumulate {
                clipseg_add_product(
                    sumRow, width, input.scales[row], layer.scales?.floats(), layer.bias?.floats(), target)
            } else {
                clipseg_finish_product(
                    sumRow, width, input.scales[row], layer.scales?.floats(), layer.bias?.floats(), activation.kernel,
                    target)
                output.write(target, to: row)
            }
        }
    }
}

extension Activation {
    fileprivate var kernel: clipseg_activation {
        switch self {
        case .identity: CLIPSEG_IDENTITY
        case .relu: CLIPSEG_RELU
        case .gelu: CLIPSEG_GELU_ERF
        case .quickGELU: CLIPSEG_QUICK_GELU
        }
    }
}
#endif
