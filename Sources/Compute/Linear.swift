/// A linear layer, `y = x Wᵀ + b`, its weights laid out as the backend that packed it multiplies fastest.
public struct Linear: Sendable {
    /// The width of `x`.
    public let inputs: Int
    /// The width of `y`.
    public let outputs: Int

    let packing: Packing
    let weights: Buffer
    let bias: Buffer?
    /// One factor an output, of weights in 8 bits.
    let scales: Buffer?

    /// The number format that `x` is multiplied in, and fastest given in.
    public var operand: Element {
        switch packing {
        case .plain(let element), .panels(let element, _): element
        case .oneDNN: .float32
        }
    }

    enum Packing: Hashable {
        /// `[inputs, outputs]`, 32-bit unless in 8 bits.
        case plain(rounded: Element)
        /// oneDNN's own blocked layout.
        case oneDNN
        /// Panels of columns; in 8 bits, 128 added.
        case panels(Element, VectorSet)
    }

    init(inputs: Int, outputs: Int, packing: Packing, weights: Buffer, bias: [Float]?, scales: [Float]? = nil) {
        self.inputs = inputs
        self.outputs = outputs
        self.packing = packing
        self.weights = weights
        func buffer(_ values: [Float]) -> Buffer {
            precondition(values.count == outputs, "a linear layer takes one bias and scale an output")
            let buffer = Buffer(byteCount: values.count * MemoryLayout<Float>.stride)
            buffer.floats().initialize(from: values, count: values.count)
            return buffer
        }
        self.bias = bias.map(buffer)
        self.scales = scales.map(buffer)
    }
}

/// What follows a matrix product, element by element.
public enum Activation: Sendable, Hashable, CaseIterable {
    case identity
    case relu
    /// `x · Φ(x)`, with the error function.
    case gelu
    /// `x · sigmoid(1.702 x)`; to at least four digits where operands have fewer than 32 bits.
    case quickGELU
}
