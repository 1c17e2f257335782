import Foundation

extension CheckpointFolder {
    /// The tensors of `model.safetensors`, of the files that `model.safetensors.index.json` names, or else of
    /// `pytorch_model.bin` or the files that its index names.
    ///
    /// - Throws: `CheckpointError`.
    public func tensors() throws(CheckpointError) -> [String: StoredTensor] {
        for kind in WeightFileKind.allCases {
            if let file = try open(kind.singleFile) { return try kind.tensors(in: file) }
            if let index = try open(kind.indexFile) { return try shards(of: kind, index) }
        }
        throw .missingFile(name: WeightFileKind.safetensors.singleFile, folder: name)
    }

    private func shards(of kind: WeightFileKind, _ index: FileBytes) throws(CheckpointError) -> [String: StoredTensor] {
        let contents = Data(try index.contents())
        guard let map = try? JSONDecoder().decode(ShardIndex.self, from: contents).files else {
            throw .malformed(file: index.name, reason: "it has no weight_map")
        }
        var tensors: [String: StoredTensor] = [:]
        for (shard, names) in Dictionary(grouping: map.keys, by: { map[$0] ?? "" }) {
            guard !shard.utf8.contains(UInt8(ascii: "/")), !shard.isEmpty else {
                throw .malformed(file: index.name, reason: "“\(shard)” is not the name of a file beside it")
            }
            let found = try kind.tensors(in: require(shard))
            for name in names {
                guard let tensor = found[name] else {
                    throw .malformed(file: index.name, reason: "it looks for \(name) in \(shard), which has none")
                }
                tensors[name] = tensor
            }
        }
        return tensors
    }
}

/// What an index file says.
private struct ShardIndex: Decodable {
    /// The file of each tensor.
    let files: [String: String]

    enum CodingKeys: String, CodingKey {
        case files = "weight_map"
    }
}
