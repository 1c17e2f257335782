import Compute
import Foundation

@testable import CLIPSeg
@testable import Segmentation

/// What `Fixtures/original/make_original.py` wrote.
enum ConversionFixture {
    private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    static let folder = tests + "/SegmentationTests/Fixtures/original/"
    /// The checkpoints of CLIPSegTests.
    static let checkpoints = tests + "/CLIPSegTests/Fixtures/"
    /// The prompts of `expected.safetensors`.
    static let prompts = [[558, 7, 90, 559], [558, 3, 559]]

    static func expected() throws -> [String: StoredTensor] {
        try WeightFile.tensors(path: folder + "expected.safetensors")
    }

    static func pixels() throws -> PixelValues {
        PixelValues(images: 1, height: 32, width: 32, values: try expected()["pixels"]?.values("pixels") ?? [])
    }

    static func model(_ path: String, precision: Precision = .fp32) throws -> CLIPSegForImageSegmentation {
        try CLIPSegForImageSegmentation(
            CheckpointFolder(path: path), backend: PortableBackend(precision: precision, threads: 1))
    }

    /// Converts into a folder of its own.
    static func convert(
        _ input: String, clip: String? = nil, tokenizer: String? = nil, format: StoredFormat? = nil,
        to output: String, replacing: Bool = false
    ) throws {
        try CheckpointConversion(input, clip: clip, tokenizer: tokenizer, format: format, environment: [:])
            .run(output: output, replacing: replacing)
    }
}

/// A folder that is gone after the test.
final class ScratchFolder {
    let path = NSTemporaryDirectory() + "clipseg-conversion-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }

    func names(in folder: String = "") throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(folder)).sorted()
    }
}
