import Foundation

/// What `model.safetensors.index.json` says about weights in several files.
struct ShardIndex: Decodable {
    /// The file of each tensor.
    private let files: [String: String]

    private enum CodingKeys: String, CodingKey {
        case files = "weight_map"
    }

    /// More than any model's index.
    private static let maxBytes = 8 << 20

    /// The files that the index at `path` names; nil if it can't be used.
    static func files(in path: String) -> Set<String>? {
        guard let bytes = try? LocalFile.read(path, atMost: maxBytes),
            let index = try? JSONDecoder().decode(ShardIndex.self, from: Data(bytes)), !index.files.isEmpty
        else { return nil }
        return Set(index.files.values)
    }
}
