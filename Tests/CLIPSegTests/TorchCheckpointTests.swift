import Foundation
import Testing

@testable import CLIPSeg

/// Checkpoints whose weights PyTorch saved, against the same in safetensors.
@Suite struct TorchCheckpointTests {
    private static let folder = Fixture.root + "/torch/"

    private static func copy(_ file: String, to copy: CheckpointCopy, as name: String) throws {
        try copy.write(name, Data(contentsOf: URL(fileURLWithPath: folder + file)))
    }

    /// A checkpoint with the weights of a fixture, but as PyTorch saved them.
    private static func checkpoint(like name: String) throws -> CheckpointCopy {
        let checkpoint = try CheckpointCopy(of: name)
        if name == "simple" {
            try checkpoint.remove("model.safetensors")
            try copy("simple.bin", to: checkpoint, as: "pytorch_model.bin")
        } else {
            try checkpoint.remove("model.safetensors.index.json")
            let shards = (1...3).map { "pytorch_model-0000\($0)-of-00003.bin" }
            for file in shards + ["pytorch_model.bin.index.json"] { try copy(file, to: checkpoint, as: file) }
        }
        return checkpoint
    }

    @Test(
        "pytorch_model.bin, in one file or several, gives the logits of its safetensors twin",
        arguments: ["simple", "sharded"])
    func sameLogits(name: String) throws {
        let fixture = Fixture(name: name)
        let pixels = try fixture.expected().pixelValues("pixel_values").image(0)
        let prompts = try fixture.inputIDs()
        let model = try Self.checkpoint(like: name).model()
        #expect(try model(pixels, inputIDs: prompts).logits == fixture.model()(pixels, inputIDs: prompts).logits)
    }

    @Test("safetensors are preferred")
    func safetensorsFirst() throws {
        let copy = try CheckpointCopy(of: "simple")
        try copy.write("pytorch_model.bin", "broken".utf8)
        try copy.write("pytorch_model.bin.index.json", "broken".utf8)
        _ = try copy.model()
    }

    @Test("A tensor of pytorch_model.bin with another shape is told by name")
    func wrongShape() throws {
        let copy = try Self.checkpoint(like: "simple")
        try copy.configure("vision_config", "hidden_size", 24)
        let error = try #require(throws: CheckpointError.self) { try copy.model() }
        guard case .wrongShape = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test("The index of pytorch_model.bin names a file elsewhere")
    func outside() throws {
        let copy = try Self.checkpoint(like: "sharded")
        try copy.editJSON("pytorch_model.bin.index.json") { index in
            var files = try #require(index["weight_map"] as? [String: String])
            files["clip.logit_scale"] = "../pytorch_model.bin"
            index["weight_map"] = files
        }
        let error = try #require(throws: CheckpointError.self) { try copy.model() }
        #expect(error.description.contains("pytorch_model.bin.index.json"))
    }
}
