import Compute
import Foundation
import Testing

@testable import CLIPSeg
@testable import Segmentation

/// Checkpoints written anew, against where they came from and against PyTorch.
@Suite struct ConversionTests {
    typealias Fixture = ConversionFixture

    @Test(
        "A decoder of the authors, with a CLIP in either layout, gives the logits of PyTorch",
        arguments: ["simple", "refined"], ["clip", "openai.pth"])
    func original(decoder: String, clip: String) throws {
        let scratch = try ScratchFolder()
        try Fixture.convert(
            Fixture.folder + "decoder-\(decoder).pth", clip: Fixture.folder + clip,
            tokenizer: clip == "clip" ? nil : Fixture.folder + "clip", to: scratch.file("out"))
        #expect(
            try scratch.names(in: "out") == [
                "config.json", "merges.txt", "model.safetensors", "preprocessor_config.json", "vocab.json",
            ])
        #expect(try scratch.names() == ["out"])

        let model = try Fixture.model(scratch.file("out"))
        #expect(model.config.reduceDim == 8)
        #expect(model.config.useComplexTransposedConvolution == (decoder == "refined"))
        let logits = try model(Fixture.pixels(), inputIDs: Fixture.prompts).logits
        let expected = try #require(try Fixture.expected()[decoder])
        #expect([logits.prompts, logits.height, logits.width] == expected.shape)
        let differences = zip(logits.values, try expected.values(decoder)).map { abs($0 - $1) }
        #expect((differences.max() ?? .infinity) < 1e-4)
    }

    @Test(
        "A checkpoint keeps every bit of its logits", arguments: ["simple", "sharded", "odd", "complex"],
        [nil, StoredFormat.float32])
    func sameBits(name: String, format: StoredFormat?) throws {
        let scratch = try ScratchFolder()
        let source = try source(name, in: scratch)
        try Fixture.convert(source, format: format, to: scratch.file("out"))
        let (pixels, prompts) = (try Fixture.pixels(), [[3, 5], [7, 2]])
        let (old, new) = (try Fixture.model(source), try Fixture.model(scratch.file("out")))
        #expect(try new(pixels, inputIDs: prompts).logits == old(pixels, inputIDs: prompts).logits)

        let tensors = try CheckpointFolder(path: scratch.file("out")).tensors()
        let stored = try CheckpointFolder(path: source).tensors()
        for (name, tensor) in tensors {
            #expect(tensor.format == format?.rawValue ?? stored[name]?.format, "\(name)")
        }
    }

    @Test("bf16 halves the size, and gives almost the logits of bf16 products")
    func bfloat16() throws {
        let scratch = try ScratchFolder()
        let source = try source("complex", in: scratch)
        try Fixture.convert(source, format: .bfloat16, to: scratch.file("out"))
        let tensors = try CheckpointFolder(path: scratch.file("out")).tensors()
        #expect(tensors.values.allSatisfy { $0.format == ($0.shape.count < 2 ? "F32" : "BF16") })
        let config = try String(contentsOfFile: scratch.file("out/config.json"), encoding: .utf8)
        let old = try String(contentsOfFile: source + "/config.json", encoding: .utf8)
        #expect(config == old.replacingOccurrences(of: "float32", with: "bfloat16"))

        // The matrices that are multiplied have the same bits; only those that rows are taken from are rounded besides.
        let (pixels, prompts) = (try Fixture.pixels(), [[3, 5], [7, 2]])
        let expected = try Fixture.model(source, precision: .bf16)(pixels, inputIDs: prompts).logits.values
        let found = try Fixture.model(scratch.file("out"), precision: .bf16)(pixels, inputIDs: prompts).logits.values
        #expect(correlation(found, expected) > 0.999)
    }

    private func correlation(_ a: [Float], _ b: [Float]) -> Float {
        func centred(_ values: [Float]) -> [Float] {
            let mean = values.reduce(0, +) / Float(values.count)
            return values.map { $0 - mean }
        }
        func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
        let (a, b) = (centred(a), centred(b))
        return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }

    /// A copy of a fixture that has a tokenizer too.
    private func source(_ name: String, in scratch: ScratchFolder) throws -> String {
        let source = scratch.file("source")
        try FileManager.default.copyItem(atPath: Fixture.checkpoints + name, toPath: source)
        for file in ["vocab.json", "merges.txt"] where name != "complex" {
            try FileManager.default.copyItem(
                atPath: Fixture.checkpoints + "complex/" + file, toPath: source + "/" + file)
        }
        return source
    }

    @Test("config.json of a converted decoder is read as what it was written from")
    func configuration() throws {
        var config = try CLIPSource(CheckpointFolder(path: Fixture.folder + "clip")).config
        config.reduceDim = 12
        config.textConfig.hiddenAct = .gelu
        config.visionConfig.layerNormEps = 1e-3
        let json = try ConfigurationFile.json(config, format: .float16)
        #expect(try CLIPSegConfig(json: json) == config)
    }
}
