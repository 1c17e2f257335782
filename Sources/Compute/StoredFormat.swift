import CKernels

/// The number formats that weights are stored in, by the names that safetensors gives them.
public enum StoredFormat: String, Sendable, CaseIterable {
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"

    /// The size of one number.
    public var byteCount: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        }
    }

    /// The numbers stored in `bytes`, which need not be aligned, as 32-bit ones: exactly the same numbers.
    public func decode(_ bytes: UnsafeRawBufferPointer) -> [Float] {
        let count = bytes.count / byteCount
        return [Float](unsafeUninitializedCapacity: count) { values, initialized in
            initialized = count
            guard let source = bytes.baseAddress, let target = values.baseAddress else { return }
            switch self {
            case .float32: UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: count * byteCount)
            case .float16: clipseg_from_float16(source, count, target)
            case .bfloat16: clipseg_from_bfloat16(source, count, target)
            }
        }
    }
}
