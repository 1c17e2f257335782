/// How the operands of matrix products are held. Sums, the residual stream, layer norms and softmax are always in
/// 32-bit floating point.
public enum Precision: String, Sendable, CaseIterable {
    case fp32
    case bf16

    /// The number format of the operands.
    public var element: Element {
        switch self {
        case .fp32: .float32
        case .bf16: .bfloat16
        }
    }
}

/// The number format of a matrix.
public enum Element: Sendable, Hashable {
    case float32
    /// The upper half of a 32-bit float.
    case bfloat16

    var byteCount: Int {
        switch self {
        case .float32: 4
        case .bfloat16: 2
        }
    }
}
