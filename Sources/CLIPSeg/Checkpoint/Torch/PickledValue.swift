/// What a pickle of a state dict can hold.
enum PickledValue {
    case none
    case bool(Bool)
    case integer(Int)
    case text(String)
    case tuple([PickledValue], depth: Int)
    case dictionary(PickledDictionary)
    case global(PickledGlobal)
    case storage(PickledStorage)
    case tensor(PickledTensor)

    /// How deep tuples in it are nested.
    var depth: Int {
        if case .tuple(_, let depth) = self { depth } else { 0 }
    }
}

/// The tensors of a dictionary. Its other values are of no use here, and so there are no dictionaries in dictionaries.
final class PickledDictionary {
    var tensors: [String: PickledTensor] = [:]
}

/// The few names that a state dict may refer to. What Python would import and call is only recognised here.
enum PickledGlobal: Equatable {
    /// `collections.OrderedDict`
    case orderedDictionary
    /// `torch._utils._rebuild_tensor_v2`
    case rebuildTensor
    /// `torch._utils._rebuild_parameter`
    case rebuildParameter
    /// The type of a storage, `torch.FloatStorage` for instance.
    case storage(NumberFormat)

    /// A format by the name that safetensors gives it, and its size.
    struct NumberFormat: Equatable {
        let name: String
        let byteCount: Int
    }

    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", let name):
            guard let format = Self.storages[name] else { return nil }
            self = .storage(format)
        default: return nil
        }
    }

    private static let storages = [
        "DoubleStorage": NumberFormat(name: "F64", byteCount: 8),
        "FloatStorage": NumberFormat(name: "F32", byteCount: 4),
        "HalfStorage": NumberFormat(name: "F16", byteCount: 2),
        "BFloat16Storage": NumberFormat(name: "BF16", byteCount: 2),
        "LongStorage": NumberFormat(name: "I64", byteCount: 8),
        "IntStorage": NumberFormat(name: "I32", byteCount: 4),
        "ShortStorage": NumberFormat(name: "I16", byteCount: 2),
        "CharStorage": NumberFormat(name: "I8", byteCount: 1),
        "ByteStorage": NumberFormat(name: "U8", byteCount: 1),
        "BoolStorage": NumberFormat(name: "BOOL", byteCount: 1),
    ]
}

/// A record of numbers that tensors are views of.
struct PickledStorage {
    let format: PickledGlobal.NumberFormat
    /// The name of its record in `data`.
    let key: String
    /// How many numbers it has.
    let count: Int
}

/// A view of a storage.
struct PickledTensor {
    let storage: PickledStorage
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}
