import CLIPSeg
import Foundation
import Imaging
import Testing

@Suite struct ProcessorTests {
    private static let folder = Fixture.root + "/processor"

    @Test(
        "Pixel values are the reference's",
        arguments: ["bilinear", "bicubic", "enlarging", "integer-size", "not-normalised"],
        ["37x53", "64x48", "97x211"])
    func pixelValues(variant: String, picture: String) throws {
        let expected = try Expected(Self.folder + "/expected.safetensors")
        let json = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(variant).json"))
        let file = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(picture).png"))
        let image = try RGBImage(decoding: Array(file))
        let found = try CLIPSegImageProcessor(json: json)([image])
        let shape = try expected.shape("\(variant).\(picture)")
        #expect([found.channels, found.height, found.width] == shape)
        #expect(error(found.values, try expected.values("\(variant).\(picture)")) < 1e-6)
    }

    @Test("The processor_config.json of transformers 5 stands in for preprocessor_config.json")
    func combined() throws {
        let source = Fixture(name: "complex").path
        let folder = NSTemporaryDirectory() + "clipseg-processor-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for file in ["vocab.json", "merges.txt"] {
            try FileManager.default.copyItem(atPath: source + "/" + file, toPath: folder + "/" + file)
        }
        let inner = try Data(contentsOf: URL(fileURLWithPath: source + "/preprocessor_config.json"))
        let json = Data(#"{"processor_class": "CLIPSegProcessor", "image_processor": "#.utf8) + inner + Data("}".utf8)
        try json.write(to: URL(fileURLWithPath: folder + "/processor_config.json"))
        let processor = try CLIPSegProcessor(CheckpointFolder(path: folder))
        #expect(processor.imageProcessor == (try CLIPSegProcessor(CheckpointFolder(path: source)).imageProcessor))
    }

    @Test("Images of different sizes fit one batch once resized")
    func batch() throws {
        var processor = CLIPSegImageProcessor()
        processor.width = 8
        processor.height = 4
        let images = [(3, 5), (9, 2)].map { width, height in
            RGBImage(width: width, height: height, pixels: [UInt8](repeating: 200, count: width * height * 3))
        }
        let pixels = try processor(images)
        #expect(pixels.images == 2 && pixels.width == 8 && pixels.height == 4)
        processor.resizes = false
        #expect(throws: ModelError.self) { try processor(images) }
        #expect(throws: ModelError.self) { try processor([]) }
    }

    @Test(
        "A preprocessor configuration that makes no sense is refused, by name",
        arguments: [
            ("{", "JSON"), (#"{"size": -1}"#, "size"), (#"{"size": {"height": 0, "width": 4}}"#, "height"),
            (#"{"size": 100000}"#, "size"), (#"{"resample": 9}"#, "resample"),
            (#"{"image_std": [1, 0, 1]}"#, "image_std"),
            (#"{"image_mean": [1]}"#, "image_mean"), (#"{"do_resize": "yes"}"#, "do_resize"),
            (#"{"size": {"shortest_edge": 224}}"#, "size.height"), (#"{"size": {"height": 224}}"#, "size.width"),
            (#"{"size": {}}"#, "size.height"), (#"{"size": [224]}"#, "size"), (#"{"size": [224, 0]}"#, "size"),
            (#"{"size": "352"}"#, "size"), (#"{"image_mean": [0, 0, 1e39]}"#, "image_mean"),
            (#"{"image_std": [1, 1e39, 1]}"#, "image_std"), (#"{"rescale_factor": 1e39}"#, "rescale_factor"),
            (#"{"rescale_factor": "1/255"}"#, "rescale_factor"), ("[]", "JSON"), ("", "JSON"),
        ])
    func refused(json: String, mention: String) throws {
        let error = try #require(throws: ConfigurationError.self) { try CLIPSegImageProcessor(json: json.utf8) }
        #expect(error.description.contains(mention))
    }
}
