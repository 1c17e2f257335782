#if OneDNN
import CKernels

/// Products with weights in panels of columns; bias, activation and residual follow while sums are in registers or cache.
struct TiledProduct {
    let layer: Linear
    let activation: Activation
    let vectors: VectorSet
    let loop: ParallelLoop

    /// `weights[outputs, inputs]` in panels of operands in the format of `element`.
    static func pack(
        _ weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, as element: Element, for vectors: VectorSet,
        in scratch: ScratchArenas
    ) -> Buffer {
        let rowSize = inputs * element.byteCount
        let panels = Buffer(byteCount: clipseg_panels_size(outputs, rowSize))
        guard let source = weights.baseAddress else { return panels }
        guard element == .bfloat16 else {
            clipseg_pack_columns(source, rowSize, outputs, rowSize, vectors.layout, panels.base)
            return panels
        }
        scratch.computing {
            let rounded = Buffer(byteCount: weights.count * element.byteCount)
            defer { withExtendedLifetime(rounded) {} }
            clipseg_to_bfloat16(source, weights.count, rounded.bfloats())
            clipseg_pack_columns(rounded.base, rowSize, outputs, rowSize, vectors.layout, panels.base)
        }
        return panels
    }

    /// Writes the product of `input`, which is in the format that the vectors multiply, to rows of `output` from `row` on, or
    /// adds it.
    func callAsFunction(_ input: Matrix, into output: Matrix, from row: Int, accumulate: Bool) {
        let panels = PanelSplit(rows: input.rows, columns: layer.outputs, threads: loop.threads)
        let multiply =
            switch (vectors, layer.operand) {
            case (.avx2, .float32): clipseg_float32_product_avx2
            case (.avx2, _): clipseg_bfloat16_weights_product_avx2
            case (.avx512, .float32): clipseg_float32_product_avx512
            case (.avx512, _): clipseg_bfloat16_product_avx512
            }
        let kind = accumulate ? CLIPSEG_RESULT_ADDED : output.element.kernelResult
        loop.forEach(panels.count) { index in
            let (rows, panel) = panels[index]
            var kernel = clipseg_linear(
                inner: layer.inputs, columns: layer.outputs, panels: layer.weights.base, bias: layer.bias?.floats())
            multiply(
                &kernel, input.address(ofRow: rows.lowerBound), rows.count, panel, panel + loop.threads,
                activation.kernel, kind, output.address(ofRow: row + rows.lowerBound))
        }
    }
}

extension Element {
    var kernelResult: clipseg_result {
        self == .bfloat16 ? CLIPSEG_RESULT_BFLOAT16 : CLIPSEG_RESULT_FLOAT32
    }
}

extension Activation {
    var kernel: clipseg_activation {
        switch self {
        case .identity: CLIPSEG_IDENTITY
        case .relu: CLIPSEG_RELU
        case .gelu: CLIPSEG_GELU_ERF
        case .quickGELU: CLIPSEG_QUICK_GELU
        }
    }
}
#endif
