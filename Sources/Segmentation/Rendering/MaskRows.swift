/// The bytes of a mask, row by row.
struct MaskRows {
    private var union: UnitedRows
    private var logits: [Float]
    private let toBytes: (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<UInt8>) -> Void

    init(
        union: UnitedRows, toBytes: @escaping (UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<UInt8>) -> Void
    ) {
        self.union = union
        logits = [Float](repeating: 0, count: union.width)
        self.toBytes = toBytes
    }

    mutating func write(_ number: Int, into bytes: UnsafeMutableBufferPointer<UInt8>) {
        logits.withUnsafeMutableBufferPointer { logits in
            union.write(number, into: logits)
            toBytes(UnsafeBufferPointer(logits), bytes)
        }
    }

    /// All rows at once.
    consuming func pixels() -> [UInt8] {
        let (width, height) = (union.width, union.height)
        return [UInt8](unsafeUninitializedCapacity: width * height) { pixels, initializedCount in
            for row in 0..<height {
                write(row, into: UnsafeMutableBufferPointer(rebasing: pixels[row * width..<(row + 1) * width]))
            }
            initializedCount = width * height
        }
    }
}
