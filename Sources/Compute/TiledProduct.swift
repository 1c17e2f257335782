#if OneDNN
import CKernels

/// Products with weights in panels of columns. A thread takes one panel at a time and all rows by it, so that weights,
/// which hardly ever lie in a cache, are fetched once, and bias, activation and residual follow in registers.
struct TiledProduct {
    let layer: Linear
    let activation: Activation
    let loop: ParallelLoop

    /// As many rows as leave room for a panel in the second-level cache, with their part of the result.
    private static let mostRows = 516
    private static let tileRows = 6

    /// `weights[outputs, inputs]` in panels of operands in the format of `element`.
    static func pack(_ weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, as element: Element) -> Buffer {
        let rowSize = inputs * element.byteCount
        let panels = Buffer(byteCount: clipseg_panels_size(outputs, rowSize))
        guard let source = weights.baseAddress else { return panels }
        guard element == .bfloat16 else {
            clipseg_pack_columns(source, rowSize, outputs, rowSize, panels.base)
            return panels
        }
        let rounded = Buffer(byteCount: weights.count * element.byteCount)
        defer { withExtendedLifetime(rounded) {} }
        clipseg_to_bfloat16(source, weights.count, rounded.bfloats())
        clipseg_pack_columns(rounded.base, rowSize, outputs, rowSize, panels.base)
        return panels
    }

    /// Writes the product of `input`, which is in the operand's format, or adds it.
    func callAsFunction(_ input: Matrix, into output: Matrix, accumulate: Bool) {
        let width = clipseg_panel_columns(layer.outputs)
        let panels = (layer.outputs + width - 1) / width
        let tiles = (input.rows + Self.tileRows - 1) / Self.tileRows
        let parts = parts(tiles: tiles, panels: panels)
        let multiply = layer.operand == .float32 ? clipseg_float32_product : clipseg_bfloat16_product
        let kind = accumulate ? CLIPSEG_RESULT_ADDED : output.element.kernelResult
        loop.forEach(panels * parts) { index in
            let (part, panel) = index.quotientAndRemainder(dividingBy: panels)
            let first = tiles * part / parts * Self.tileRows
            let end = min(input.rows, tiles * (part + 1) / parts * Self.tileRows)
            var kernel = clipseg_linear(
                inner: layer.inputs, columns: layer.outputs, panels: layer.weights.base, bias: layer.bias?.floats())
            multiply(
                &kernel, input.buffer.base + first * layer.inputs * input.element.byteCount, end - first, panel,
                panel + loop.threads, activation.kernel, kind,
                output.buffer.base + first * layer.outputs * output.element.byteCount)
        }
    }

    /// How many parts the rows are split into: as few as keep all threads busy.
    private func parts(tiles: Int, panels: Int) -> Int {
        var parts = (tiles * Self.tileRows + Self.mostRows - 1) / Self.mostRows
        while !(panels * parts).isMultiple(of: loop.threads), panels * parts < 8 * loop.threads { parts += 1 }
        return min(parts, tiles)
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
