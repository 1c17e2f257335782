import Foundation
import Imaging
import Logging
import Testing

@testable import Segmentation

/// What is reserved for decoding images and for what becomes of them.
@Suite(.timeLimit(.minutes(5))) struct PreparationMemoryTests {
    /// A model that looks at an image's own pixels.
    private static func modelThatDoesNotResize() throws -> LoadedModel {
        let scratch = try ScratchFolder()
        try ConversionFixture.convert(
            ConversionFixture.folder + "decoder-simple.pth", clip: ConversionFixture.folder + "clip",
            to: scratch.file("model"))
        let configuration = Array(#"{"size": 32, "do_resize": false}"#.utf8)
        try Data(configuration).write(to: URL(fileURLWithPath: scratch.file("model/preprocessor_config.json")))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return try LoadedModel(.folder(path: scratch.file("model")), precision: .fp32, threads: 1, logger: logger)
    }

    private static func preparation(_ request: SegmentationRequest, by model: LoadedModel) -> RequestPreparation {
        RequestPreparation(images: ImagePreparation(model: model, limits: ImageLimits()), request: request)
    }

    @Test("Where the model does not resize, an image's own pixels count")
    func ownSize() throws {
        let model = try Self.modelThatDoesNotResize()
        func bytes(_ parameters: KeyValuePairs<String, String>, files: KeyValuePairs<String, [UInt8]> = [:]) throws
            -> Int
        {
            let file = try PNGEncoder.encode(RGBImage(width: 50, height: 40, pixels: .init(repeating: 0, count: 6000)))
            return try Self.preparation(Asking.request(parameters, of: file, files: files), by: model).keptBytes()
        }
        #expect(try bytes(["prompt": "a"]) == 50 * 40 * (3 + 1) * 4)
        let picture = try PNGEncoder.encode(RGBImage(width: 64, height: 33, pixels: .init(repeating: 0, count: 6336)))
        #expect(try bytes([:], files: ["prompt_image": picture]) == (50 * 40 * (3 + 1) + 64 * 33 * 3) * 4)
        // What the request wants otherwise is fitted first.
        #expect(try bytes(["prompt": "a", "resolution": "224"]) == 224 * 224 * (3 + 1) * 4)
    }

    /// What decoding the large scene takes, a baseline JPEG of 768 × 768 pixels: two copies of it, whole or at half its size.
    private static let (whole, half) = (768 * 768 * 6, 384 * 384 * 6)

    /// The demo model sees 192 × 192 pixels, so that 384 × 384 are enough.
    private static let reservations: [(KeyValuePairs<String, String>, Int)] = [
        (["prompt": "a"], whole),
        (["prompt": "a", "decode": "fast"], half),
        (["prompt": "a", "decode": "fast", "fit": "letterbox"], half),
        // Half of it would be too small.
        (["prompt": "a", "decode": "fast", "resolution": "224"], whole),
        (["prompt": "a", "decode": "fast", "tiles": "1x2"], whole),
    ]

    @Test("A large JPEG takes what it is decoded to", arguments: reservations)
    func image(parameters: KeyValuePairs<String, String>, bytes: Int) throws {
        let request = try Asking.request(parameters, of: Scene.large())
        #expect(try Self.preparation(request, by: DemoPool.pool().model).bytes() == bytes)
    }

    @Test("A PNG takes as much however it is to be decoded")
    func png() throws {
        let side = 500
        let image = RGBImage(width: side, height: side, pixels: .init(repeating: 0, count: 3 * side * side))
        let request = try Asking.request(["prompt": "a", "decode": "fast"], of: PNGEncoder.encode(image))
        #expect(try Self.preparation(request, by: DemoPool.pool().model).bytes() == side * side * 6)
    }

    @Test("A prompt's image takes what it is decoded to: all its pixels if it has a mask")
    func promptImage() throws {
        let model = try DemoPool.pool().model
        let picture = try Scene.large()
        // Smaller than half of the picture, and never reduced.
        let image = try Scene.bytes("scene-2000.png")
        for (decode, bytes) in [("exact", Self.whole), ("fast", Self.half)] {
            let alone = try Asking.request(["decode": decode], of: image, files: ["prompt_image": picture])
            #expect(try Self.preparation(alone, by: model).bytes() == bytes)
            let masked = try Asking.request(
                ["decode": decode], of: image, files: ["prompt_image": picture, "prompt_mask": image])
            #expect(try Self.preparation(masked, by: model).bytes() == 3 * Self.whole + 192 * 192 * 6)
        }
    }

    @Test("Where the model does not resize, nothing is reduced")
    func notReduced() throws {
        let request = try Asking.request(["prompt": "a", "decode": "fast"], of: Scene.large())
        #expect(try Self.preparation(request, by: Self.modelThatDoesNotResize()).bytes() == Self.whole)
    }

    @Test("Classification decodes a large JPEG fast beside another job where all its pixels would have to wait")
    func classification() async throws {
        let pool = ModelPool(try DemoPool.pool().model, decodeMemoryBytes: Self.half + 1)
        let gate = Gate()
        defer { gate.open() }
        let other = Task { try await pool.imageWorkers.run(bytes: 1) { gate.pass() } }
        try await eventually { pool.queue.decodeMemory == 1 }
        var request = ClassificationRequest(image: try Scene.large(), labels: ["crown"])
        let exact = Task { [request] in try await pool.classify(request) }
        try await eventually { pool.queue.waitingForImages == 1 }
        exact.cancel()
        await #expect(throws: CancellationError.self) { try await exact.value }
        request.decoding = .fast
        // The other job ends only after that: if this had to wait for it, it would be refused.
        request.deadline = .now + .seconds(60)
        #expect(try await pool.classify(request).scores.count == 1)
        gate.open()
        try await other.value
    }
}
