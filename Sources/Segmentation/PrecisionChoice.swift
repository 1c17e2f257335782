public import Compute

/// The precision that somebody asked for.
public enum PrecisionChoice: String, Sendable, CaseIterable {
    /// bf16 where the CPU multiplies it natively (AVX512-BF16, AMX), else fp32.
    case auto
    case fp32
    case bf16
    case int8

    /// The precision to compute in on this CPU.
    public var resolved: Precision {
        switch self {
        case .auto: Precision.preferred
        case .fp32: .fp32
        case .bf16: .bf16
        case .int8: .int8
        }
    }
}
