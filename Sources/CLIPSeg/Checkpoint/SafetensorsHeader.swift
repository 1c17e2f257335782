import Compute
import Foundation

/// The table of contents of a safetensors file: eight bytes of length, then JSON, then the tensors' bytes.
///
/// Source: the format's description at huggingface/safetensors. Every size and offset is checked here, so that what
/// reads a tensor need not.
public struct SafetensorsHeader: Sendable {
    /// Where one tensor lies.
    public struct Entry: Sendable, Equatable {
        /// Its number format as the file names it, `F32` for instance.
        public let format: String
        /// Its shape; empty for a single number.
        public let shape: [Int]
        /// Its bytes, counted from the start of the file.
        public let range: Range<Int>
    }

    /// The tensors by name.
    public let entries: [String: Entry]

    /// As in the reference implementation.
    private static let maxHeaderByteCount = 100_000_000
    private static let lengthByteCount = 8

    init(_ file: FileBytes) throws(CheckpointError) {
        self = try file.withUnsafeBytes { bytes throws(CheckpointError) in
            try SafetensorsHeader(bytes, file: file.name)
        }
    }

    /// Reads the header of a file.
    ///
    /// - Parameter bytes: The whole file.
    /// - Parameter file: What errors call it.
    public init(_ bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
        func malformed(_ reason: String) -> CheckpointError { .malformed(file: file, reason: reason) }

        guard bytes.count >= Self.lengthByteCount else { throw malformed("it has only \(bytes.count) bytes") }
        let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
        guard length <= Self.maxHeaderByteCount, Int(length) <= bytes.count - Self.lengthByteCount else {
            throw malformed("its header claims \(length) bytes of \(bytes.count)")
        }
        let start = Self.lengthByteCount + Int(length)
        let fields: [String: Field]
        do {
            fields = try JSONDecoder().decode(
                [String: Field].self, from: Data(bytes[Self.lengthByteCount..<start]))
        } catch {
            throw malformed("its header is not the JSON of a safetensors file")
        }

        var entries: [String: Entry] = [:]
        for case (let name, .tensor(let format, let shape, let offsets)) in fields {
            guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1], offsets[1] <= bytes.count - start
            else { throw malformed("the tensor \(name) lies outside the file, at \(offsets)") }
            guard let count = Self.elementCount(shape) else { throw malformed("\(name) has the shape \(shape)") }
            if let format = StoredFormat(rawValue: format) {
                let (byteCount, overflow) = count.multipliedReportingOverflow(by: format.byteCount)
                guard !overflow, byteCount == offsets[1] - offsets[0] else {
                    throw malformed("the tensor \(name) of shape \(shape) has \(offsets[1] - offsets[0]) bytes")
                }
            }
            entries[name] = Entry(format: format, shape: shape, range: start + offsets[0]..<start + offsets[1])
        }
        self.entries = entries

        // As in the reference implementation: each byte belongs to one tensor. So no tensor can pass for another, be it
        // by a name that comes twice, and a file that is too long is noticed.
        var end = start
        for (name, entry) in entries.sorted(by: { $0.value.range.precedes($1.value.range) }) {
            guard entry.range.lowerBound == end else {
                throw malformed("the tensor \(name) begins at byte \(entry.range.lowerBound) instead of \(end)")
            }
            end = entry.range.upperBound
        }
        guard end == bytes.count else { throw malformed("it has \(bytes.count - end) bytes after its last tensor") }
    }

    /// The product of `shape`, or nil if it is negative or too large to count.
    private static func elementCount(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// A value of the header's JSON object.
    private enum Field: Decodable {
        case tensor(format: String, shape: [Int], offsets: [Int])
        case metadata

        private enum CodingKeys: String, CodingKey {
            case format = "dtype"
            case shape
            case offsets = "data_offsets"
        }

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata
            } else {
                let fields = try decoder.container(keyedBy: CodingKeys.self)
                self = .tensor(
                    format: try fields.decode(String.self, forKey: .format),
                    shape: try fields.decode([Int].self, forKey: .shape),
                    offsets: try fields.decode([Int].self, forKey: .offsets))
            }
        }
    }
}

extension Range<Int> {
    /// Whether the range begins first, or is the shorter of two that begin together.
    fileprivate func precedes(_ other: Range<Int>) -> Bool {
        (lowerBound, upperBound) < (other.lowerBound, other.upperBound)
    }
}
