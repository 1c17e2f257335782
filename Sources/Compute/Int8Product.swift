#if OneDNN
import CKernels

/// Products of operands in 8 bits: exact sums of integers, which scales, bias and activation follow while they are still
/// in registers. oneDNN 2.6 can't fuse a scale for each row, and adds up no faster.
extension OneDNNBackend {
    func packInt8(
        _ weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?,
        for vectors: VectorSet
    ) -> Linear {
        let panels = Buffer(byteCount: clipseg_panels_size(outputs, inputs))
        let scales = scratch.computing {
            let rows = Matrix(quantizing: weights, rows: outputs, columns: inputs)
            defer { withExtendedLifetime(rows) {} }
            clipseg_pack_columns(rows.buffer.base, inputs, outputs, inputs, vectors.layout, panels.base)
            return (0..<outputs).map { rows.scales[$0] }
        }
        clipseg_make_unsigned(panels.base, panels.byteCount)
        return Linear(
            inputs: inputs, outputs: outputs, packing: .panels(.int8, vectors), weights: panels, bias: bias,
            scales: scales)
    }

    func multiplyInt8(
        _ input: Matrix, _ layer: Linear, by vectors: VectorSet, into output: Matrix, from row: Int,
        activation: Activation, accumulate: Bool
    ) {
        guard input.rows > 0 else { return }
        let inner = layer.inputs
        // What AVX2 multiplies instead of the rows, and behind it where the sums of each row begin: one block for both.
        let wideSize = vectors == .avx2 ? clipseg_wide_int8_size(input.rows, inner) : 0
        let prepared = Buffer(byteCount: wideSize + input.rows * MemoryLayout<Int32>.stride)
        let starts = wideSize / MemoryLayout<Int32>.stride
        let (findStarts, multiply) =
            switch vectors {
            case .avx2: (clipseg_int8_starts_avx2, clipseg_int8_product_avx2)
            case .avx512: (clipseg_int8_starts_avx512, clipseg_int8_product_avx512)
            }
        findStarts(input.buffer.int8s(), input.rows, inner, prepared.int32s(from: starts))
        if vectors == .avx2 { widen(input, into: prepared) }
        let (source, rowSize) =
            switch vectors {
            case .avx2: (prepared, clipseg_wide_int8_size(1, inner))
            case .avx512: (input.buffer, inner)
            }
        let panels = PanelSplit(rows: input.rows, columns: layer.outputs, threads: loop.threads)
        let kind = accumulate ? CLIPSEG_RESULT_ADDED : output.element.kernelResult
        loop.forEach(panels.count) { index in
            let (rows, panel) = panels[index]
            var kernel = clipseg_int8_layer(
                inner: inner, columns: layer.outputs, panels: layer.weights.base,
                scales: layer.scales?.floats(), bias: layer.bias?.floats())
            multiply(
                &kernel, source.base + rows.lowerBound * rowSize, input.scales + rows.lowerBound,
                prepared.int32s(from: starts + rows.lowerBound), rows.count, panel, panel + loop.threads,
                activation.kernel, kind, output.address(ofRow: row + rows.lowerBound))
        }
    }

    /// Writes the 16-bit integers that AVX2 multiplies.
    private func widen(_ input: Matrix, into wide: Buffer) {
        loop.split(input.rows, minimum: 32) { rows in
            clipseg_widen_int8(
                input.buffer.int8s(from: rows.lowerBound * input.columns), rows.count, input.columns,
                wide.base + clipseg_wide_int8_size(rows.lowerBound, input.columns))
        }
    }
}
#endif
