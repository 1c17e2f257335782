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

    /// Numbers of this magnitude or more would be rounded to infinity.
    public var overflow: Float {
        switch self {
        case .float32: .infinity
        case .float16: 65520
        case .bfloat16: 0x1.FFp127
        }
    }

    /// `values` as they are stored: rounded to the nearest, ties to even.
    public func encode(_ values: [Float]) -> [UInt8] {
        switch self {
        case .float32: values.withUnsafeBytes(Array.init)
        case .float16: halves(of: values, clipseg_to_float16)
        case .bfloat16: halves(of: values, clipseg_to_bfloat16)
        }
    }

    private func halves(
        of values: [Float], _ convert: (UnsafePointer<Float>?, Int, UnsafeMutablePointer<UInt16>?) -> Void
    ) -> [UInt8] {
        let halves = [UInt16](unsafeUninitializedCapacity: values.count) { target, initialized in
            initialized = values.count
            convert(values, values.count, target.baseAddress)
        }
        return halves.withUnsafeBytes(Array.init)
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
