import Foundation
import Testing

@testable import CLIPSeg
@testable import Segmentation

/// What can't be converted, and what stays as it was then.
@Suite struct ConversionErrorTests {
    typealias Fixture = ConversionFixture

    private static let decoder = Fixture.folder + "decoder-simple.pth"
    private static let clip = Fixture.folder + "clip"

    @Test("The input is not what it should be")
    func inputs() throws {
        let scratch = try ScratchFolder()
        let output = scratch.file("out")
        #expect(throws: ConversionError.noSuchInput(path: "/nowhere/x.pth")) {
            try Fixture.convert("/nowhere/x.pth", to: output)
        }
        #expect(throws: ConversionError.needsCLIP(file: Self.decoder)) { try Fixture.convert(Self.decoder, to: output) }
        let openAI = Fixture.folder + "openai.pth"
        #expect(throws: ConversionError.notADecoder(file: openAI)) { try Fixture.convert(openAI, to: output) }
        #expect(throws: ConversionError.notACLIP(file: Self.decoder)) {
            try Fixture.convert(Self.decoder, clip: Self.decoder, to: output)
        }
        #expect(throws: ConversionError.needsTokenizer) {
            try Fixture.convert(Self.decoder, clip: openAI, to: output)
        }
        #expect(throws: ConversionError.needsNoCLIP(folder: Fixture.checkpoints + "complex")) {
            try Fixture.convert(Fixture.checkpoints + "complex", clip: Self.clip, to: output)
        }
        #expect(throws: ConfigurationError.self) {
            try Fixture.convert(Self.decoder, clip: Fixture.checkpoints + "complex", to: output)
        }
        #expect(throws: ConfigurationError.self) { try Fixture.convert(Self.clip, to: output) }
        // Without a tokenizer it would be of no use.
        #expect(throws: TokenizerError.self) { try Fixture.convert(Fixture.checkpoints + "simple", to: output) }
        #expect(try scratch.names().isEmpty)
    }

    @Test("A tensor that has no place is told by name", arguments: ["extra_blocks.0.norm1.weight", "blocks.0.x.bias"])
    func unknownTensor(name: String) throws {
        var tensors = try WeightFile.tensors(path: Self.decoder)
        tensors[name] = tensors["film_mul.bias"]
        #expect(throws: ConversionError.unknownTensor(file: "x.pth", name: name)) {
            try OriginalDecoder(tensors, file: "x.pth")
        }
    }

    @Test("What is there stays, unless it is to be replaced")
    func existing() throws {
        let scratch = try ScratchFolder()
        let output = scratch.file("out")
        let manager = FileManager.default
        try manager.createDirectory(atPath: output, withIntermediateDirectories: true)
        func convert(replacing: Bool) throws {
            try Fixture.convert(Self.decoder, clip: Self.clip, to: output + "/", replacing: replacing)
        }
        // An empty folder is in nobody's way.
        try convert(replacing: false)
        let weights = try Data(contentsOf: URL(fileURLWithPath: output + "/model.safetensors"))
        #expect(throws: ConversionError.outputExists(path: output)) { try convert(replacing: false) }

        try Data("{}".utf8).write(to: URL(fileURLWithPath: output + "/model.safetensors.index.json"))
        try convert(replacing: true)
        #expect(try scratch.names(in: "out").count == 5)
        #expect(try Data(contentsOf: URL(fileURLWithPath: output + "/model.safetensors")) == weights)

        try Data().write(to: URL(fileURLWithPath: output + "/notes.md"))
        #expect(throws: ConversionError.outputIsMore(path: output, file: "notes.md")) { try convert(replacing: true) }
        #expect(try scratch.names(in: "out").count == 6)

        try manager.createSymbolicLink(atPath: scratch.file("link"), withDestinationPath: output)
        #expect(throws: ConversionError.outputExists(path: scratch.file("link"))) {
            try Fixture.convert(Self.decoder, clip: Self.clip, to: scratch.file("link"), replacing: true)
        }
        #expect(throws: ConversionError.self) {
            try Fixture.convert(Self.decoder, clip: Self.clip, to: scratch.file("no/such/folder"))
        }
        #expect(try scratch.names() == ["link", "out"])
    }

    @Test("A decoder of another width than its CLIP leaves nothing behind")
    func misfit() throws {
        let scratch = try ScratchFolder()
        let clip = scratch.file("clip")
        try FileManager.default.copyItem(atPath: Self.clip, toPath: clip)
        let config = try String(contentsOfFile: clip + "/config.json", encoding: .utf8)
        try config.replacingOccurrences(of: "\"projection_dim\": 20", with: "\"projection_dim\": 24")
            .write(toFile: clip + "/config.json", atomically: true, encoding: .utf8)
        #expect(throws: CheckpointError.self) { try Fixture.convert(Self.decoder, clip: clip, to: scratch.file("out")) }
        #expect(try scratch.names() == ["clip"])
    }
}
