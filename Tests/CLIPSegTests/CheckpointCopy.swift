import Foundation
import Testing

@testable import CLIPSeg

/// A fixture's checkpoint in a temporary folder of its own, to damage.
final class CheckpointCopy {
    let path: String

    /// - Parameter name: A fixture's, or nil for an empty folder.
    init(of name: String?) throws {
        path = FileManager.default.temporaryDirectory.path + "/clipseg-checkpoint-\(UUID())"
        if let name {
            try FileManager.default.copyItem(atPath: Fixture.root + "/" + name, toPath: path)
        } else {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func remove(_ file: String) throws { try FileManager.default.removeItem(atPath: path + "/" + file) }

    func write(_ file: String, _ bytes: some Sequence<UInt8>) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + file))
    }

    func bytes(_ file: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path + "/" + file)))
    }

    /// Changes the top-level object of a JSON file.
    func editJSON(_ file: String, _ edit: (inout [String: Any]) throws -> Void) throws {
        let saved = try JSONSerialization.jsonObject(with: Data(bytes(file)))
        var object = try #require(saved as? [String: Any])
        try edit(&object)
        try write(file, JSONSerialization.data(withJSONObject: object))
    }

    /// Changes a size of one of the encoders in `config.json`.
    func configure(_ encoder: String, _ key: String, _ value: Int) throws {
        try editJSON("config.json") { config in
            var sizes = try #require(config[encoder] as? [String: Any])
            sizes[key] = value
            config[encoder] = sizes
        }
    }

    /// Changes the weights.
    func editTensors(_ edit: (inout [String: SafetensorsFile.Tensor]) throws -> Void) throws {
        var weights = try SafetensorsFile(path + "/model.safetensors")
        try edit(&weights.tensors)
        try write("model.safetensors", weights.bytes())
    }

    /// Makes the index look for a tensor elsewhere.
    func index(_ tensor: String, in file: String) throws {
        try editJSON("model.safetensors.index.json") { index in
            var files = try #require(index["weight_map"] as? [String: String])
            files[tensor] = file
            index["weight_map"] = files
        }
    }

    func folder() throws -> CheckpointFolder { try CheckpointFolder(path: path) }

    /// Reads all that makes a model.
    func load() throws -> CLIPSegForImageSegmentation {
        _ = try CLIPSegProcessor(folder())
        return try model()
    }

    func model() throws -> CLIPSegForImageSegmentation {
        try CLIPSegForImageSegmentation(folder(), backend: testBackend())
    }
}
