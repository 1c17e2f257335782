import CLIPSeg
import Foundation
import Imaging
import Testing

@testable import Segmentation

/// What is done to probabilities and masks before they are answered with.
@Suite struct QualityOptionTests {
    private static let balloon = Asking.balloon
    struct Operation: Sendable, CustomTestStringConvertible {
        let plain: KeyValuePairs<String, String>
        let changed: KeyValuePairs<String, String>
        let change: @Sendable (BinaryMask) -> BinaryMask
        var testDescription: String { "\(changed)" }
    }

    static let operations = [
        Operation(
            plain: ["prompt_expr": "NOT a picture of the drum"],
            changed: ["prompt_expr": "NOT a picture of the drum", "fill_holes": "true"]
        ) { $0.fillingHoles() },
        Operation(plain: ["prompt": "drum"], changed: ["prompt": "drum", "shrink": "3"]) { $0.shrunk(by: 3) },
        Operation(plain: ["prompt": "drum"], changed: ["prompt": "drum", "grow": "5"]) { $0.grown(by: 5) },
        Operation(
            plain: ["prompt": "drum", "threshold": "0.02"],
            changed: ["prompt": "drum", "threshold": "0.02", "min_area": "200"]
        ) { $0.removingComponents(smallerThan: 200) },
        Operation(
            plain: ["prompt": "drum", "threshold": "0.02"],
            changed: ["prompt": "drum", "threshold": "0.02", "largest_only": "true"]
        ) { $0.largestComponent() },
        Operation(plain: ["prompt": "drum"], changed: ["prompt": "drum", "invert": "true"]) { $0.inverted },
        Operation(
            plain: ["prompt_expr": "NOT a picture of the drum", "threshold": "0.98"],
            changed: [
                "prompt_expr": "NOT a picture of the drum", "threshold": "0.98", "largest_only": "true",
                "invert": "true",
                "grow": "4", "min_area": "9", "shrink": "6", "fill_holes": "true",
            ]
        ) {
            $0.fillingHoles().shrunk(by: 6).grown(by: 4).removingComponents(smallerThan: 9).largestComponent().inverted
        },
    ]

    @Test("Each operation on a mask does what its name says; together they have an order", arguments: operations)
    func mask(operation: Operation) async throws {
        let before = try await Asking.mask(operation.plain)
        let after = operation.change(before)
        try #require(before != after)
        #expect(try await Asking.mask(operation.changed) == after)
    }

    @Test("Feathering softens the edge")
    func feather() async throws {
        let mask = try await Asking.mask(["prompt": Self.balloon])
        let soft = try await GreyImage(decoding: Asking.answer(["prompt": Self.balloon, "feather": "4"]))
        #expect(soft.values == mask.feathered(by: 4).pixels)
        #expect(Set(soft.values).count > 4)
    }

    @Test("Smoothing is a Gaussian over the probabilities")
    func smooth() async throws {
        let logits = try await Asking.logits(["prompt": Self.balloon]).values
        let plane = FloatPlane(width: 192, height: 192, values: logits).resizedBilinear(width: 400, height: 300)
        let expected = FloatPlane(
            width: 400, height: 300, values: plane.values.map { 1 / (1 + exp(-$0)) }
        ).smoothed(sigma: 3)
        let smooth = try await GreyImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "probability", "smooth": "3"]))
        #expect(zip(smooth.values, expected.values).allSatisfy { abs(Float($0) - 255 * $1) <= 1 })
    }

    @Test("Inverted probabilities are what is left to 1")
    func invert() async throws {
        let plain = try await GreyImage(decoding: Asking.answer(["prompt": Self.balloon, "as": "probability"]))
        let inverted = try await GreyImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "probability", "invert": "true"]))
        #expect(zip(plain.values, inverted.values).allSatisfy { abs(Int($0) + Int($1) - 255) <= 1 })
    }

    private static func truth() throws -> BinaryMask {
        let scene = try #require(Scene.all.first { $0.file == Asking.scene })
        let prompt = try #require(scene.prompts.first { $0.text.contains("balloon") })
        return BinaryMask(try RGBImage(decoding: Scene.bytes(prompt.mask)))
    }

    private func overlap(_ one: BinaryMask, _ other: BinaryMask) -> Double {
        Overlap(one.values.map { $0 == 1 }, other.values.map { $0 == 1 }).iou
    }

    @Test("Refining brings the edge to that of the picture")
    func refine() async throws {
        let truth = try Self.truth()
        let plain = try await Asking.mask(["prompt": Self.balloon])
        let refined = try await Asking.mask(["prompt": Self.balloon, "refine": "guided"])
        #expect(overlap(refined, truth) > overlap(plain, truth) + 0.02)
    }

    @Test("Refining takes its radius and epsilon")
    func refineParameters() async throws {
        let logits = try await Asking.logits(["prompt": Self.balloon]).values
        let plane = FloatPlane(width: 192, height: 192, values: logits).resizedBilinear(width: 400, height: 300)
        let probabilities = FloatPlane(width: 400, height: 300, values: plane.values.map { 1 / (1 + exp(-$0)) })
        let image = try RGBImage(decoding: Scene.bytes(Asking.scene))
        for (radius, epsilon) in [(3, Float(0.5)), (20, 0.0001)] {
            let expected = GuidedFilter(
                probabilities, guide: image, parameters: GuidedFilter.Parameters(radius: radius, epsilon: epsilon)
            ).plane()
            let found = try await GreyImage(
                decoding: Asking.answer([
                    "prompt": Self.balloon, "as": "probability", "refine": "guided", "refine_radius": "\(radius)",
                    "refine_epsilon": "\(epsilon)",
                ]))
            #expect(zip(found.values, expected.values).allSatisfy { abs(Float($0) - 255 * $1) <= 1 })
        }
    }

    @Test(
        "Refining looks three quarters of a patch far if not told, and no further than it could be told",
        arguments: [
            // The demo model sees 192×192 pixels in patches of 16×16.
            ("original", 25), ("model", 12), ("128x768", 48), ("4400x64", 256),
        ])
    func refineRadius(size: String, radius: Int) async throws {
        // Of its own: in a batch with others', rounding may differ.
        let pool = ModelPool(try DemoPool.pool().model)
        func answer(_ radius: Int?) async throws -> [UInt8] {
            var request = try Asking.request([
                "prompt": Self.balloon, "as": "probability", "bit_depth": "16", "size": size, "refine": "guided",
            ])
            if let radius { request.refineRadius = radius }
            return try await pool.segment(request).bytes
        }
        let untold = try await answer(nil)
        #expect(try await answer(radius) == untold)
        // Large radii count in blocks of four pixels.
        for other in [radius - 4, radius + 4] { #expect(try await answer(other) != untold, "\(other)") }
    }

    // MARK: - What the model sees

    @Test("The resolution is the longer side of what the model sees", arguments: [224, 256])
    func resolution(side: Int) async throws {
        let found = try await Asking.logits(["prompt": Self.balloon, "resolution": "\(side)"])
        #expect(found.shape == [1, side, side])
        let image = try RGBImage(decoding: Scene.bytes(Asking.scene))
        let model = try DemoPool.pool().model
        var processor = model.processor.imageProcessor
        (processor.width, processor.height) = (side, side)
        let tokens = try model.processor.inputIDs([Self.balloon], maxLength: model.maxPromptTokens)
        let expected = try model.model(processor([image]), inputIDs: tokens).logits.values
        // A batch with others' requests is rounded in another way.
        #expect(zip(found.values, expected).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("A resolution of no whole patches is refused, and told which there are")
    func brokenResolution() async throws {
        let error = try await #require(throws: InputError.self) {
            try await Asking.answer(["prompt": Self.balloon, "resolution": "230"])
        }
        #expect(error.code == "invalid_parameter" && error.parameter == "resolution")
        #expect(error.description.contains("224 or 240"))
    }

    @Test("The image keeps its proportions with bars beside it, or with a smaller input")
    func fit() async throws {
        #expect(try await Asking.logits(["prompt": Self.balloon, "fit": "letterbox"]).shape == [1, 192, 192])
        #expect(try await Asking.logits(["prompt": Self.balloon, "fit": "native"]).shape == [1, 144, 192])
        let truth = try Self.truth()
        for fit in ["letterbox", "native"] {
            let mask = try await Asking.mask(["prompt": Self.balloon, "fit": fit])
            #expect(mask.width == 400 && mask.height == 300)
            // Bars that were not taken off again would move it by a quarter of its height.
            #expect(overlap(mask, truth) > 0.75, "\(fit)")
        }
        let bars = try await RGBImage(
            decoding: Asking.answer(["prompt": Self.balloon, "fit": "letterbox", "size": "model"]))
        #expect(bars.width == 192 && bars.height == 144)
    }

    /// A scene four times, beside and below each other.
    private static func mosaic(of scene: RGBImage) throws -> [UInt8] {
        let row = scene.width * 3
        let rows = (0..<2 * scene.height).flatMap { number in
            let start = number % scene.height * row
            return Array(scene.pixels[start..<start + row]) + scene.pixels[start..<start + row]
        }
        return try PNGEncoder.encode(RGBImage(width: 2 * scene.width, height: 2 * scene.height, pixels: rows))
    }

    @Test("Tiles are looked at one by one: each finds in it what it finds alone")
    func tiles() async throws {
        let scene = try RGBImage(decoding: Scene.bytes(Asking.scene))
        let mosaic = try Self.mosaic(of: scene)
        let alone = try await Asking.mask(["prompt": Self.balloon])
        let together = try await Asking.mask(["prompt": Self.balloon, "tiles": "2x2", "overlap": "0"], of: mosaic)
        #expect(together.width == 800 && together.height == 600)
        for (x, y) in [(0, 0), (400, 0), (0, 300), (400, 300)] {
            let tile = together.cropped(to: PixelBox(x: x, y: y, width: 400, height: 300))
            #expect(overlap(tile, alone) > 0.99, "at \(x), \(y)")
        }
        let whole = try await Asking.mask(["prompt": Self.balloon], of: mosaic)
        #expect(overlap(whole, together) < 0.97)
        #expect(
            try await Asking.logits(["prompt": Self.balloon, "tiles": "2x2", "overlap": "0"], of: mosaic).shape == [
                1, 384, 384,
            ])
    }

    @Test("Tiles overlap by a quarter if nothing is said, and blend without a seam")
    func overlapping() async throws {
        let scene = try Scene.bytes(Asking.scene)
        let usual = try await Asking.logits(["prompt": Self.balloon, "tiles": "1x2"], of: scene)
        let quarter = try await Asking.logits(["prompt": Self.balloon, "tiles": "1x2", "overlap": "0.25"], of: scene)
        let none = try await Asking.logits(["prompt": Self.balloon, "tiles": "1x2", "overlap": "0"], of: scene)
        #expect(zip(usual.values, quarter.values).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(usual.values.count != none.values.count)
        // Each tile is 229 of the 400 pixels wide, and 192 at the model.
        #expect(none.shape == [1, 192, 384] && usual.shape == [1, 192, 335])
        func step(_ plane: (values: [Float], shape: [Int])) -> Float {
            let width = plane.shape[2]
            return (0..<192).reduce(0) { most, row in
                max(most, abs(plane.values[row * width + width / 2] - plane.values[row * width + width / 2 - 1]))
            }
        }
        #expect(step(usual) < step(none))
    }

    @Test(
        "More work than makes sense is refused",
        arguments: [
            (["prompt": "x", "tiles": "8x8"], "tiles"),
            (["prompt": "x", "tiles": "2x2", "resolution": "1024"], "tiles"),
        ] as [(KeyValuePairs<String, String>, String)])
    func tooMuch(parameters: KeyValuePairs<String, String>, parameter: String) async throws {
        let error = try await #require(throws: InputError.self) { try await Asking.answer(parameters) }
        #expect(error.code == "too_much_work" && error.parameter == parameter && error.kind == .unprocessable)
    }

    @Test("Many prompts at a high resolution are refused")
    func tooManyPrompts() async throws {
        var request = try Asking.request(["prompt": "x", "resolution": "1024"])
        request.prompts = [SegmentationRequest.Prompt](repeating: .text("x"), count: 9)
        let error = try await #require(throws: InputError.self) { try await DemoPool.pool().segment(request) }
        #expect(error.code == "too_much_work" && error.parameter == "prompt")
    }

    @Test("An image with fewer pixels than tiles is refused")
    func tinyImage() async throws {
        let image = try PNGEncoder.encode(RGBImage(width: 3, height: 1, pixels: [UInt8](repeating: 9, count: 9)))
        let error = try await #require(throws: InputError.self) {
            try await Asking.answer(["prompt": "x", "tiles": "2x2"], of: image)
        }
        #expect(error.parameter == "tiles")
        for fit in ImageFit.allCases {
            let mask = try await Asking.mask(["prompt": "x", "fit": fit.rawValue], of: image)
            #expect(mask.width == 3 && mask.height == 1)
        }
    }

    @Test("What is seen otherwise is not taken from the cache")
    func cache() async throws {
        let pool = ModelPool(try DemoPool.pool().model)
        for parameters: KeyValuePairs in [
            ["prompt": "x"], ["prompt": "x", "fit": "letterbox"], ["prompt": "x", "fit": "native"],
            ["prompt": "x", "resolution": "224"], ["prompt": "x", "resolution": "224", "fit": "letterbox"],
        ] {
            _ = try await pool.segment(Asking.request(parameters))
        }
        #expect((pool.imageCache.hits, pool.imageCache.misses) == (0, 5))
    }
}
