import CLIPSeg
import Compute
import Foundation
import Imaging
import Testing

/// What the README and *CLIPSeg from pixels to mask* show of the library compiles and works: it stands here as it does there,
/// but for the paths.
@Suite struct LibraryExamplesTests {
    private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let demo = top.appendingPathComponent("Sources/CDemoModel/checkpoint").path
    private static let scene = top.appendingPathComponent("Tests/Scenes/scene-2023.jpg").path

    @Test("The README's example writes a mask for each prompt") func readme() throws {
        let results = NSTemporaryDirectory() + "clipseg-example-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: results, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: results) }
        try example(checkpoint: Self.demo, photo: Self.scene, results: results)
        for prompt in ["a red umbrella", "a wooden table"] {
            try expectMask(Array(Data(contentsOf: URL(fileURLWithPath: "\(results)/\(prompt).png"))))
        }
        let shown = try Self.shown(in: "README.md", from: "## The library")
            .replacing(#""models/clipseg-rd64-refined""#, with: "checkpoint").replacing(#""photo.jpg""#, with: "photo")
            .replacing(#""\(prompt).png""#, with: #""\(results)/\(prompt).png""#)
        #expect(try Self.run(by: "private func example(") == shown)
    }

    private func example(checkpoint: String, photo: String, results: String) throws {
        let folder = try CheckpointFolder(path: checkpoint)
        let processor = try CLIPSegProcessor(folder)
        let backend = bestBackend(precision: .fp32, threads: 2, sharing: CoreOccupancy(cores: 2))
        let model = try CLIPSegForImageSegmentation(folder, backend: backend)

        let image = try RGBImage(decoding: Array(Data(contentsOf: URL(fileURLWithPath: photo))))
        let prompts = ["a red umbrella", "a wooden table"]
        let inputIDs = try processor.inputIDs(prompts, maxLength: model.config.textConfig.maxPositionEmbeddings)
        let output = try model(processor.pixelValues([image]), inputIDs: inputIDs)

        // One plane of logits per prompt, enlarged to the image's size; a logit above 0 is a probability above 0.5.
        let logits = output.logits
        for (index, prompt) in prompts.enumerated() {
            let plane = FloatPlane(width: logits.width, height: logits.height, values: logits.plane(index))
                .resizedBilinear(width: image.width, height: image.height)
            let mask = plane.values.map { $0 >= 0 ? UInt8(255) : 0 }
            let png = try PNGEncoder.encode(greyscale: mask, width: image.width, height: image.height)
            try Data(png).write(to: URL(fileURLWithPath: "\(results)/\(prompt).png"))
        }
    }

    @Test("The article's steps end in a mask") func article() throws {
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: Self.scene)))
        try steps(checkpoint: Self.demo, bytes: bytes, umbrella: RGBImage(decoding: bytes))
        let shown = try Self.shown(in: "Sources/CLIPSeg/CLIPSeg.docc/FromPixelsToMask.md", from: "# ")
            .replacing(#""models/clipseg-rd64-refined""#, with: "checkpoint")
        #expect(try Self.run(by: "private func steps(").hasPrefix(shown))
    }

    private func steps(checkpoint: String, bytes: [UInt8], umbrella: RGBImage) throws {
        let folder = try CheckpointFolder(path: checkpoint)
        let processor = try CLIPSegProcessor(folder)
        let backend = bestBackend(precision: .fp32, threads: 2, sharing: CoreOccupancy(cores: 2))
        let model = try CLIPSegForImageSegmentation(folder, backend: backend)

        let image = try RGBImage(decoding: bytes)
        let pixels = try processor.pixelValues([image])

        let encoding = try model.encode(pixels)

        let ids = try processor.inputIDs(["a red umbrella"], maxLength: model.config.textConfig.maxPositionEmbeddings)
        let conditions = try model.clip.textFeatures(ids)

        let pictured = try model.clip.imageFeatures(processor.pixelValues([umbrella]))

        let logits = try model.decode(encoding, conditionalEmbeddings: conditions)

        let plane = FloatPlane(width: logits.width, height: logits.height, values: logits.plane(0))
            .resizedBilinear(width: image.width, height: image.height)
        let mask = plane.values.map { $0 >= 0 ? UInt8(255) : 0 }
        let png = try PNGEncoder.encode(greyscale: mask, width: image.width, height: image.height)

        try expectMask(png)
        #expect(pictured.rows == 1 && pictured.columns == conditions.columns)
    }

    private func expectMask(_ png: [UInt8]) throws {
        let mask = try RGBImage(decoding: png)
        let scene = try RGBImage(decoding: Array(Data(contentsOf: URL(fileURLWithPath: Self.scene))))
        #expect((mask.width, mask.height) == (scene.width, scene.height))
    }

    /// The Swift code of a page behind some heading, without imports and white space.
    private static func shown(in page: String, from heading: String) throws -> String {
        let text = try String(contentsOf: top.appendingPathComponent(page), encoding: .utf8)
        let start = try #require(text.range(of: "\n" + heading) ?? text.range(of: heading)).lowerBound
        let blocks = text[start...].matches(of: /```swift\n(?<code>(?s:.)*?)\n```/).map(\.output.code)
        return squeezed(blocks.joined(separator: "\n"))
    }

    /// The body of one of the functions above, in the same form.
    private static func run(by function: String) throws -> String {
        let text = try String(contentsOfFile: #filePath, encoding: .utf8)
        let start = try #require(text.range(of: "    " + function)).upperBound
        let body = try #require(text[start...].range(of: "throws {\n")).upperBound
        let end = try #require(text[body...].range(of: "\n    }\n")).lowerBound
        return squeezed(String(text[body..<end]))
    }

    private static func squeezed(_ code: String) -> String {
        let lines = code.split(separator: "\n").filter { !$0.hasPrefix("import ") }
        return String(lines.joined(separator: "\n").filter { !$0.isWhitespace })
    }
}
