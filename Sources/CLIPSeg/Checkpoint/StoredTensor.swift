import Compute

/// A tensor in a mapped file: where its numbers lie and how, which is read only when they are asked for.
public struct StoredTensor: Sendable {
    /// Its number format as safetensors calls it, `F32` for instance.
    public let format: String
    /// Its shape; empty for a single number.
    public let shape: [Int]
    let file: FileBytes
    /// The byte of the file that `offset` counts from.
    private let start: Int
    /// The place of the first number, in numbers.
    private let offset: Int
    /// How many numbers further the next one is, along each dimension.
    private let strides: [Int]

    /// Numbers that lie row by row.
    init(in file: FileBytes, _ entry: SafetensorsHeader.Entry) {
        self.init(
            in: file, format: entry.format, shape: entry.shape, start: entry.range.lowerBound, offset: 0,
            strides: Self.rowByRow(entry.shape))
    }

    /// Numbers that lie as `strides` say. All of them must be in the file.
    init(in file: FileBytes, format: String, shape: [Int], start: Int, offset: Int, strides: [Int]) {
        self.file = file
        self.format = format
        self.shape = shape
        self.start = start
        self.offset = offset
        self.strides = strides
    }

    /// How many numbers there are.
    public var count: Int { shape.reduce(1, *) }

    /// The same matrix with rows and columns exchanged.
    public var transposed: StoredTensor {
        StoredTensor(
            in: file, format: format, shape: shape.reversed(), start: start, offset: offset,
            strides: strides.reversed())
    }

    /// Some of the rows, or of the numbers of a vector; they must be there.
    public func rows(_ range: Range<Int>) -> StoredTensor {
        StoredTensor(
            in: file, format: format, shape: [range.count] + shape.dropFirst(), start: start,
            offset: offset + range.lowerBound * strides[0], strides: strides)
    }

    /// The numbers, row by row.
    ///
    /// - Parameter name: What errors call the tensor.
    /// - Throws: `CheckpointError` if their format is not supported, or if not all are finite.
    public func values(_ name: String) throws(CheckpointError) -> [Float] {
        guard let format = StoredFormat(rawValue: format) else {
            throw .unsupportedFormat(name: name, format: format)
        }
        let stored = withBytes(of: format, format.decode)
        try stored.withUnsafeBufferPointer { values throws(CheckpointError) in try checkFinite(values, name) }
        return stored.isEmpty || isRowByRow ? stored : gathered(from: stored)
    }

    /// Calls `body` with what `values` answers, where it lies in the file if it is there as it is needed: a copy of some
    /// hundred million numbers is most of the time that loading takes.
    ///
    /// - Throws: What `values` throws, and what `body` does.
    func withValues<Result>(_ name: String, _ body: (UnsafeBufferPointer<Float>) throws -> Result) throws -> Result {
        guard format == StoredFormat.float32.rawValue, isRowByRow else {
            return try values(name).withUnsafeBufferPointer(body)
        }
        return try withBytes(of: .float32) { bytes in
            guard Int(bitPattern: bytes.baseAddress).isMultiple(of: MemoryLayout<Float>.alignment) else {
                return try values(name).withUnsafeBufferPointer(body)
            }
            let values = bytes.assumingMemoryBound(to: Float.self)
            try checkFinite(values, name)
            return try body(values)
        }
    }

    /// Calls `body` with what lies between the first number and the last, both included.
    private func withBytes<Result>(
        of format: StoredFormat, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let begin = start + offset * format.byteCount
        let range = begin..<begin + spannedCount * format.byteCount
        return try file.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    /// As `values.allSatisfy(\.isFinite)`, in a form that vectorises.
    private func checkFinite(_ values: UnsafeBufferPointer<Float>, _ name: String) throws(CheckpointError) {
        let largest = values.reduce(UInt32(0)) { max($0, $1.magnitude.bitPattern) }
        guard largest < Float.infinity.bitPattern else {
            throw .malformed(file: file.name, reason: "the tensor \(name) holds infinity, or what is not a number")
        }
    }

    /// How many numbers these are.
    private var spannedCount: Int {
        count == 0 ? 0 : zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    }

    private var isRowByRow: Bool {
        let expected = Self.rowByRow(shape)
        return shape.indices.allSatisfy { shape[$0] == 1 || strides[$0] == expected[$0] }
    }

    private static func rowByRow(_ shape: [Int]) -> [Int] {
        var strides = shape
        var next = 1
        for index in shape.indices.reversed() {
            strides[index] = next
            // Overflows only if there are no numbers at all, and so no strides to take.
            next &*= shape[index]
        }
        return strides
    }

    private func gathered(from stored: [Float]) -> [Float] {
        var positions = [0]
        for (size, stride) in zip(shape, strides) {
            positions = positions.flatMap { position in (0..<size).map { position + $0 * stride } }
        }
        return positions.map { stored[$0] }
    }
}
