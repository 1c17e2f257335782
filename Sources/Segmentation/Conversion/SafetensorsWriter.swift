import CLIPSeg
import Compute
import Foundation

/// Writes a safetensors file, tensor by tensor, so that no more than one is in memory.
///
/// Source: the format's description at huggingface/safetensors. Larger numbers come first, so that all are aligned.
struct SafetensorsWriter {
    private struct Tensor {
        let name: String
        let stored: StoredTensor
        let format: StoredFormat
        var byteCount: Int { stored.count * format.byteCount }
    }

    private let tensors: [Tensor]

    /// - Parameters:
    ///   - tensors: By name.
    ///   - format: What to write them in; nil for the format of each.
    /// - Throws: `CheckpointError` for a tensor whose format is not supported.
    init(_ tensors: [String: StoredTensor], format: StoredFormat?) throws(CheckpointError) {
        var ordered: [Tensor] = []
        for (name, stored) in tensors {
            guard let own = StoredFormat(rawValue: stored.format) else {
                throw .unsupportedFormat(name: name, format: stored.format)
            }
            ordered.append(Tensor(name: name, stored: stored, format: Self.format(of: stored, own, asked: format)))
        }
        self.tensors = ordered.sorted { ($1.format.byteCount, $0.name) < ($0.format.byteCount, $1.name) }
    }

    /// Vectors, norms and biases for instance, are a thousandth of a model: to round them would save nothing.
    private static func format(of tensor: StoredTensor, _ own: StoredFormat, asked: StoredFormat?) -> StoredFormat {
        guard let asked else { return own }
        return tensor.shape.count < 2 ? .float32 : asked
    }

    /// The size of all numbers together.
    var byteCount: Int { tensors.reduce(0) { $0 + $1.byteCount } }

    /// Writes the file piece by piece.
    ///
    /// - Throws: `CheckpointError` for numbers that are none, `ConversionError`, or what `write` throws.
    func write(_ write: ([UInt8]) throws -> Void) throws {
        try write(header())
        for tensor in tensors {
            let values = try tensor.stored.values(tensor.name)
            guard values.allSatisfy({ $0.magnitude < tensor.format.overflow }) else {
                throw ConversionError.tooLarge(tensor: tensor.name, format: tensor.format.rawValue)
            }
            try write(tensor.format.encode(values))
        }
    }

    /// Its length, and JSON that is filled up with blanks so that the numbers begin at a multiple of eight.
    private func header() throws -> [UInt8] {
        var entries = ["__metadata__": Entry.metadata]
        var end = 0
        for tensor in tensors {
            entries[tensor.name] = .tensor(
                format: tensor.format.rawValue, shape: tensor.stored.shape, offsets: [end, end + tensor.byteCount])
            end += tensor.byteCount
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var json = [UInt8](try encoder.encode(entries))
        json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
    }

    private enum Entry: Encodable {
        case metadata
        case tensor(format: String, shape: [Int], offsets: [Int])

        private enum CodingKeys: String, CodingKey {
            // What transformers looks for: whose conventions the names and layouts follow.
            case convention = "format"
            case format = "dtype"
            case shape
            case offsets = "data_offsets"
        }

        func encode(to encoder: any Encoder) throws {
            var fields = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .metadata: try fields.encode("pt", forKey: .convention)
            case .tensor(let format, let shape, let offsets):
                try fields.encode(format, forKey: .format)
                try fields.encode(shape, forKey: .shape)
                try fields.encode(offsets, forKey: .offsets)
            }
        }
    }
}
