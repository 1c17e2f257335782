/// The bytes of a pickle, read from front to back.
struct PickleInput {
    private let bytes: UnsafeRawBufferPointer
    private let file: String
    private var position = 0

    /// The names of tensors and modules are shorter.
    private static let maxTextByteCount = 1024

    init(_ bytes: UnsafeRawBufferPointer, file: String) {
        self.bytes = bytes
        self.file = file
    }

    mutating func byte() throws(CheckpointError) -> UInt8 { try number(UInt8.self) }

    /// A number, the low byte first.
    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(CheckpointError) -> Number {
        Number(littleEndian: try take(MemoryLayout<Number>.size).loadUnaligned(as: Number.self))
    }

    /// An integer in as many bytes as it needs, the low one first, in two's complement.
    mutating func longInteger() throws(CheckpointError) -> Int {
        let digits = try take(Int(byte()))
        guard digits.count <= 8 else {
            throw .malformed(file: file, reason: "its pickle has a number of more than 64 bits")
        }
        guard let last = digits.last else { return 0 }
        return digits.reversed().reduce(last < 0x80 ? 0 : -1) { $0 << 8 | Int($1) }
    }

    /// Text after its length.
    mutating func text() throws(CheckpointError) -> String {
        let count = try number(UInt32.self)
        guard count <= Self.maxTextByteCount else {
            throw .refused(file: file, reason: "its pickle has a name of \(count) bytes")
        }
        return try text(take(Int(count)))
    }

    /// Text up to the end of the line.
    mutating func line() throws(CheckpointError) -> String {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
        guard let end = rest.prefix(Self.maxTextByteCount + 1).firstIndex(of: UInt8(ascii: "\n")) else {
            throw .malformed(file: file, reason: "its pickle has a name without an end")
        }
        let line = try take(end)
        position += 1
        return try text(line)
    }

    /// Names are ASCII, whose order and equality hold no surprises.
    private func text(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) -> String {
        guard bytes.allSatisfy({ (0x20..<0x7F).contains($0) }) else {
            throw .refused(file: file, reason: "its pickle has a name that is not ASCII")
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func take(_ count: Int) throws(CheckpointError) -> UnsafeRawBufferPointer {
        guard count <= bytes.count - position else { throw .malformed(file: file, reason: "its pickle is cut short") }
        defer { position += count }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
    }
}
