/// How the operands of matrix products are held. Sums, the residual stream, layer norms and softmax are always in
/// 32-bit floating point or integers; with operands in bfloat16, attention's exponentials are exact to four digits.
public enum Precision: String, Sendable, CaseIterable {
    case fp32
    case bf16
    /// The encoders' products with weights in 8 bits, everything else in bf16.
    case int8

    /// The number format of the operands; for int8, of those that are not in 8 bits.
    public var element: Element {
        switch self {
        case .fp32: .float32
        case .bf16, .int8: .bfloat16
        }
    }

    /// The number format of the operands of the encoders' products with weights, where nearly all the work is.
    public var encoderElement: Element { self == .int8 ? .int8 : element }
}

/// The number format of a matrix.
public enum Element: Sendable, Hashable {
    case float32
    /// The upper half of a 32-bit float.
    case bfloat16
    /// Integers from -127 to 127 that a scale turns into numbers; each row has its own.
    case int8

    var byteCount: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        case .int8: 1
        }
    }
}
