import Compute
import Foundation
import Synchronization

/// The weights of a model, from one safetensors file or several, as 32-bit numbers by name and shape.
final class Checkpoint: Sendable {
    private struct Tensor {
        let file: FileBytes
        let entry: SafetensorsHeader.Entry
    }

    private struct Index: Decodable {
        let files: [String: String]

        enum CodingKeys: String, CodingKey {
            case files = "weight_map"
        }
    }

    private let tensors: [String: Tensor]
    private let unread: Mutex<Set<String>>

    static let singleFile = "model.safetensors"
    static let indexFile = "model.safetensors.index.json"

    /// Opens `model.safetensors`, or the files that `model.safetensors.index.json` names.
    init(_ folder: CheckpointFolder) throws(CheckpointError) {
        var tensors: [String: Tensor] = [:]
        if let file = try folder.open(Self.singleFile) {
            for (name, entry) in try SafetensorsHeader(file).entries {
                tensors[name] = Tensor(file: file, entry: entry)
            }
        } else if let index = try folder.open(Self.indexFile) {
            tensors = try Self.shards(of: index, in: folder)
        } else {
            throw .missingFile(name: Self.singleFile, folder: folder.name)
        }
        self.tensors = tensors
        unread = Mutex(Set(tensors.keys))
    }

    private static func shards(
        of index: FileBytes, in folder: CheckpointFolder
    ) throws(CheckpointError) -> [String: Tensor] {
        let contents = Data(try index.contents())
        guard let map = try? JSONDecoder().decode(Index.self, from: contents).files else {
            throw .malformed(file: index.name, reason: "it has no weight_map")
        }
        var tensors: [String: Tensor] = [:]
        for (shard, names) in Dictionary(grouping: map.keys, by: { map[$0] ?? "" }) {
            guard !shard.utf8.contains(UInt8(ascii: "/")), !shard.isEmpty else {
                throw .malformed(file: index.name, reason: "“\(shard)” is not the name of a file beside it")
            }
            let file = try folder.require(shard)
            let entries = try SafetensorsHeader(file).entries
            for name in names {
                guard let entry = entries[name] else {
                    throw .malformed(file: index.name, reason: "it looks for \(name) in \(shard), which has none")
                }
                tensors[name] = Tensor(file: file, entry: entry)
            }
        }
        return tensors
    }

    /// Whether some tensor's name begins with `prefix`.
    func contains(prefix: String) -> Bool {
        tensors.keys.contains { $0.hasPrefix(prefix) }
    }

    /// The tensor `name`, row by row.
    ///
    /// - Throws: `CheckpointError` if there is none, or if it is not of this shape.
    func values(_ name: String, _ shape: [Int]) throws(CheckpointError) -> [Float] {
        guard let tensor = tensors[name] else { throw .missingTensor(name: name, expected: shape) }
        guard tensor.entry.shape == shape else {
            throw .wrongShape(name: name, expected: shape, found: tensor.entry.shape)
        }
        guard let format = StoredFormat(rawValue: tensor.entry.format) else {
            throw .unsupportedFormat(name: name, format: tensor.entry.format)
        }
        unread.withLock { _ = $0.remove(name) }
        let values = tensor.file.withUnsafeBytes {
            format.decode(UnsafeRawBufferPointer(rebasing: $0[tensor.entry.range]))
        }
        guard Self.areFinite(values) else {
            throw .malformed(
                file: tensor.file.name, reason: "the tensor \(name) holds infinity, or what is not a number")
        }
        return values
    }

    /// As `values.allSatisfy(\.isFinite)`, in a form that vectorises: there are some hundred million of them.
    private static func areFinite(_ values: [Float]) -> Bool {
        values.reduce(UInt32(0)) { max($0, $1.magnitude.bitPattern) } < Float.infinity.bitPattern
    }

    /// The tensors that nobody asked for. `position_ids`, which old versions of transformers wrote, are left out.
    var unknownTensors: [String] {
        unread.withLock { $0.filter { !$0.hasSuffix("position_ids") }.sorted() }
    }
}
