#if OneDNN
import CKernels

/// Products of operands in 8 bits: exact sums of integers, which scales, bias and activation follow while they are still
/// in registers. oneDNN 2.6 can't fuse a scale for each row, and adds up no faster.
extension OneDNNBackend {
    func packInt8(
        _ weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?
    ) -> Linear {
        let rows = Matrix(quantizing: weights, rows: outputs, columns: inputs)
        defer { withExtendedLifetime(rows) {} }
        let panels = Buffer(byteCount: clipseg_panels_size(outputs, inputs))
        clipseg_pack_columns(rows.buffer.base, inputs, outputs, inputs, panels.base)
        clipseg_make_unsigned(panels.base, panels.byteCount)
        return Linear(
            inputs: inputs, outputs: outputs, packing: .panels(.int8), weights: panels, bias: bias,
            scales: (0..<outputs).map { rows.scales[$0] })
    }

    func multiplyInt8(
        _ input: Matrix, _ layer: Linear, into output: Matrix, activation: Activation, accumulate: Bool
    ) {
        let kind = accumulate ? CLIPSEG_RESULT_ADDED : output.element.kernelResult
        loop.split(input.rows, by: Self.int8BlockRows) { rows in
            var kernel = clipseg_int8_layer(
                inner: layer.inputs, columns: layer.outputs, panels: layer.weights.base,
                scales: layer.scales?.floats(), bias: layer.bias?.floats())
            let source = input.buffer.int8s(from: rows.lowerBound * layer.inputs)
            let scales = input.scales + rows.lowerBound
            func multiply(into result: UnsafeMutableRawPointer) {
                clipseg_int8_product(&kernel, source, scales, rows.count, activation.kernel, kind, result)
            }
            guard output.element == .int8 else {
                let start = rows.lowerBound * layer.outputs * output.element.byteCount
                return multiply(into: output.buffer.base + start)
            }
            // The scale of a row is known when all of it is.
            let wide = Buffer(byteCount: rows.count * layer.outputs * MemoryLayout<Float>.stride)
            defer { withExtendedLifetime(wide) {} }
            multiply(into: wide.base)
            for row in rows { output.write(wide.floats(from: (row - rows.lowerBound) * layer.outputs), to: row) }
        }
    }

    /// Five tiles of six rows, whose results stay in the second-level cache.
    private static let int8BlockRows = 30
}
#endif
