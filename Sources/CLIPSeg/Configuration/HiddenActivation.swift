import Compute

/// The activation functions that configurations name.
public enum HiddenActivation: String, Sendable, CaseIterable {
    case quickGELU = "quick_gelu"
    case gelu
    case relu

    var activation: Activation {
        switch self {
        case .quickGELU: .quickGELU
        case .gelu: .gelu
        case .relu: .relu
        }
    }
}
