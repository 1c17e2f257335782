import Foundation
import Testing

/// The command around `CheckpointConversion`, which has tests of its own.
@Suite struct ConvertTests {
    private static let original =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().path + "/SegmentationTests/Fixtures/original/"

    @Test("A decoder and its CLIP become a checkpoint that segments") func convert() async throws {
        let folder = try TemporaryFolder()
        let arguments = [
            "convert", Self.original + "decoder-refined.pth", "--clip", Self.original + "clip", "--output",
            folder.file("model"),
        ]
        let converted = try await Program.run(arguments)
        #expect(converted.status == 0, "\(converted.errors)")
        #expect(converted.output.isEmpty && converted.errors.isEmpty)
        let segmented = try await Program.run(
            "segment", Program.scene, "cat", "--model", folder.file("model"), "--precision", "fp32", "--as", "logits")
        #expect(segmented.status == 0, "\(segmented.errors)")

        let again = try await Program.run(arguments)
        #expect(again.status == 65 && again.errors.contains("--force"))
        #expect(try await Program.run(arguments + ["--force", "--dtype", "bf16"]).status == 0)
    }

    @Test("What can't be converted ends with the status of its kind") func statuses() async throws {
        let folder = try TemporaryFolder()
        let output = folder.file("model")
        let missing = try await Program.run("convert", "/nowhere/x.pth", "--output", output)
        #expect(missing.status == 66 && missing.errors.contains("/nowhere/x.pth"))
        let alone = try await Program.run("convert", Self.original + "decoder-simple.pth", "--output", output)
        #expect(alone.status == 65 && alone.errors.contains("--clip"))
        let kind = try await Program.run("convert", "x", "--output", output, "--dtype", "int8")
        #expect(kind.status == 64)
        #expect(!FileManager.default.fileExists(atPath: output))
    }
}
