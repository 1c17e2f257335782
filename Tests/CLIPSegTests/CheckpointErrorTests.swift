import Foundation
import Testing

@testable import CLIPSeg

/// Damaged checkpoints: each is refused with words that name what is wrong.
@Suite struct CheckpointErrorTests {
    @Test("The fixtures that these tests damage load before that")
    func undamaged() throws {
        _ = try CheckpointCopy(of: "complex").load()
        _ = try CheckpointCopy(of: "sharded").model()
    }

    @Test("There is no such folder")
    func noSuchFolder() throws {
        let path = Fixture.root + "/nowhere"
        #expect(throws: CheckpointError.noSuchFolder(path: path)) { try CheckpointFolder(path: path) }
        try expect(CheckpointError.self, "\(path): give the folder") { _ = try CheckpointFolder(path: path) }
        #expect(throws: CheckpointError.noSuchFolder(path: "")) { try CheckpointFolder(path: "") }
    }

    @Test("The path is a file's")
    func notAFolder() throws {
        let path = Fixture.root + "/complex/config.json"
        #expect(throws: CheckpointError.notAFolder(path: path)) { try CheckpointFolder(path: path) }
        try expect(CheckpointError.self, path) { _ = try CheckpointFolder(path: path) }
    }

    @Test("The folder is empty")
    func empty() throws {
        let copy = try CheckpointCopy(of: nil)
        try expect(CheckpointError.self, copy.path, "config.json") { _ = try copy.model() }
        try expect(TokenizerError.self, copy.path, "vocab.json") { _ = try copy.load() }
    }

    @Test("A file is missing", arguments: ["config.json", "model.safetensors", "preprocessor_config.json"])
    func missingFile(file: String) throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.remove(file)
        #expect(throws: CheckpointError.missingFile(name: file, folder: copy.path)) { try copy.load() }
        try expect(CheckpointError.self, copy.path, file) { _ = try copy.load() }
    }

    @Test("A file of the tokenizer is missing", arguments: ["vocab.json", "merges.txt"])
    func missingTokenizer(file: String) throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.remove(file)
        #expect(throws: TokenizerError.missingFile(name: file, folder: copy.path)) { try copy.load() }
        try expect(TokenizerError.self, copy.path, file) { _ = try copy.load() }
    }

    @Test(
        "A file is empty",
        arguments: ["config.json", "model.safetensors", "preprocessor_config.json", "vocab.json", "merges.txt"])
    func emptyFile(file: String) throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.write(file, [])
        try expect(CheckpointError.self, file, "is empty") { _ = try copy.load() }
    }

    @Test("A file is a folder", arguments: ["config.json", "model.safetensors", "vocab.json"])
    func folderForFile(file: String) throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.remove(file)
        try FileManager.default.createDirectory(atPath: copy.path + "/" + file, withIntermediateDirectories: true)
        try expect(CheckpointError.self, file, "not a regular file") { _ = try copy.load() }
    }

    @Test("The configuration is not one")
    func malformedConfiguration() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.write("config.json", "<html>404</html>".utf8)
        try expect(ConfigurationError.self, "config.json") { _ = try copy.load() }
    }

    @Test("The weights are cut short", arguments: [1, 7, 8, 9, 1000, 20_000, 130_000, 260_127])
    func truncated(count: Int) throws {
        let copy = try CheckpointCopy(of: "complex")
        let whole = try copy.bytes("model.safetensors")
        try #require(whole.count > count)
        try copy.write("model.safetensors", whole[..<count])
        try expect(CheckpointError.self, "model.safetensors", "damaged or incomplete") { _ = try copy.load() }
    }

    @Test("The weights are a pointer of Git LFS, as a clone without it leaves them")
    func pointer() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.write("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n".utf8)
        try expect(CheckpointError.self, "model.safetensors", "damaged or incomplete") { _ = try copy.load() }
    }

    @Test("The configuration is another model's")
    func wrongShape() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.configure("vision_config", "hidden_size", 24)
        let error = try #require(throws: CheckpointError.self) { try copy.load() }
        guard case .wrongShape(let name, let expected, let found) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(name.hasPrefix("clip.vision_model."))
        #expect(expected.contains(24) && found.contains(20))
        for part in [name, "\(expected)", "\(found)"] { #expect(error.description.contains(part)) }
    }

    @Test(
        "A tensor is missing",
        arguments: [
            "clip.logit_scale", "clip.text_projection.weight", "clip.text_model.embeddings.token_embedding.weight",
            "clip.vision_model.embeddings.class_embedding", "clip.vision_model.encoder.layers.4.mlp.fc2.bias",
            "clip.vision_model.post_layernorm.weight", "decoder.film_mul.weight", "decoder.reduces.2.bias",
            "decoder.layers.1.self_attn.q_proj.bias", "decoder.transposed_convolution.0.weight",
        ])
    func missingTensor(name: String) throws {
        let copy = try CheckpointCopy(of: "complex")
        var shape: [Int] = []
        try copy.editTensors { tensors in
            shape = try #require(tensors[name]).shape
            tensors[name] = nil
        }
        #expect(throws: CheckpointError.missingTensor(name: name, expected: shape)) { try copy.load() }
        try expect(CheckpointError.self, name, "\(shape)") { _ = try copy.load() }
    }

    @Test("A tensor's numbers are of a format that is not supported")
    func unsupportedFormat() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.editTensors { tensors in
            tensors["decoder.film_add.bias"]?.format = "F64"
        }
        #expect(throws: CheckpointError.unsupportedFormat(name: "decoder.film_add.bias", format: "F64")) {
            try copy.load()
        }
        try expect(CheckpointError.self, "decoder.film_add.bias", "F64", "BF16") { _ = try copy.load() }
    }

    @Test("A shard is missing")
    func missingShard() throws {
        let copy = try CheckpointCopy(of: "sharded")
        let shard = "model-00002-of-00003.safetensors"
        try copy.remove(shard)
        #expect(throws: CheckpointError.missingFile(name: shard, folder: copy.path)) { try copy.model() }
    }

    @Test("A shard is cut short")
    func truncatedShard() throws {
        let copy = try CheckpointCopy(of: "sharded")
        let shard = "model-00003-of-00003.safetensors"
        try copy.write(shard, copy.bytes(shard).dropLast())
        try expect(CheckpointError.self, shard) { _ = try copy.model() }
    }

    @Test("The index names a file elsewhere", arguments: ["../x", "/etc/passwd", "sub/x.safetensors", ""])
    func outside(file: String) throws {
        let copy = try CheckpointCopy(of: "sharded")
        try copy.index("clip.logit_scale", in: file)
        try expect(CheckpointError.self, "model.safetensors.index.json", "“\(file)”") { _ = try copy.model() }
    }

    @Test("The index names the folder itself, or the one above", arguments: [".", ".."])
    func folderForShard(file: String) throws {
        let copy = try CheckpointCopy(of: "sharded")
        try copy.index("clip.logit_scale", in: file)
        try expect(CheckpointError.self, "not a regular file") { _ = try copy.model() }
    }

    @Test("The index looks for a tensor in a shard that lacks it")
    func wrongShard() throws {
        let copy = try CheckpointCopy(of: "sharded")
        try copy.index("clip.no_such", in: "model-00001-of-00003.safetensors")
        try expect(
            CheckpointError.self, "model.safetensors.index.json", "clip.no_such", "model-00001-of-00003.safetensors"
        ) { _ = try copy.model() }
    }

    @Test("The index is none", arguments: ["{}", "[]", "{", #"{"weight_map": []}"#, #"{"weight_map": {"a": 1}}"#])
    func malformedIndex(json: String) throws {
        let copy = try CheckpointCopy(of: "sharded")
        try copy.write("model.safetensors.index.json", json.utf8)
        try expect(CheckpointError.self, "model.safetensors.index.json") { _ = try copy.model() }
    }

    /// Expects an error of this type whose text contains each of `mentions`.
    private func expect<Failure: Error & CustomStringConvertible>(
        _ type: Failure.Type, _ mentions: String..., body: () throws -> Void
    ) throws {
        let error = try #require(throws: type) { try body() }
        for mention in mentions { #expect(error.description.contains(mention), "\(error.description)") }
    }
}
