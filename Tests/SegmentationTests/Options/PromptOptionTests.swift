import Glibc
import Imaging
import Testing

@testable import Segmentation

/// What options about prompts do to the model's logits.
@Suite struct PromptOptionTests {
    private static let (balloon, drum) = (Asking.balloon, Asking.drum)

    /// What is computed in one batch with others' requests is rounded in another way.
    private func expectEqual(
        _ found: [Float], _ expected: [Float], within tolerance: Float = 1e-3, _ comment: Comment? = nil,
        at location: SourceLocation = #_sourceLocation
    ) {
        let difference = zip(found, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
        #expect(found.count == expected.count && difference <= tolerance, comment, sourceLocation: location)
    }

    @Test("A negative prompt takes away what it describes: the least of the logits and the negative of the other's")
    func negative() async throws {
        let both = try await Asking.logits(["prompt": Self.balloon, "prompt": Self.drum]).values
        let (balloon, drum) = (both[..<(both.count / 2)], both[(both.count / 2)...])
        let found = try await Asking.logits(["prompt": Self.balloon, "negative_prompt": Self.drum])
        #expect(found.shape == [1, 192, 192])
        expectEqual(found.values, zip(balloon, drum).map { min($0, -$1) })
    }

    @Test("An expression is one prompt")
    func expression() async throws {
        let both = try await Asking.logits(["prompt": Self.balloon, "prompt": Self.drum]).values
        let (balloon, drum) = (both[..<(both.count / 2)], both[(both.count / 2)...])
        let either = try await Asking.logits(["prompt_expr": "\(Self.balloon) OR \(Self.drum)"])
        #expect(either.shape == [1, 192, 192])
        expectEqual(either.values, zip(balloon, drum).map(max))
        let neither = try await Asking.logits(["prompt_expr": "NOT (\(Self.balloon) OR \(Self.drum))"]).values
        expectEqual(neither, zip(balloon, drum).map { -max($0, $1) })
    }

    @Test("A weight multiplies the odds: its logarithm is added to the logits")
    func weight() async throws {
        let plain = try await Asking.logits(["prompt": Self.balloon, "prompt": Self.drum]).values
        let found = try await Asking.logits([
            "prompt": Self.balloon, "prompt": Self.drum, "prompt_weight": "4", "prompt_weight": "0.5",
        ]).values
        let half = plain.count / 2
        expectEqual(found, plain[..<half].map { $0 + log(4) } + plain[half...].map { $0 + log(0.5) })
    }

    @Test("Templates are averaged in the space of embeddings")
    func template() async throws {
        let pool = try DemoPool.pool()
        let first = try await pool.embedding(text: "a picture of the balloon")
        let second = try await pool.embedding(text: "one balloon here")
        let mean = zip(first, second).map { ($0 + $1) / 2 }
        let expected = try await Asking.logits(["embedding": "\(mean)"]).values
        let found = try await Asking.logits([
            "prompt": "balloon", "template": "a picture of the {}", "template": "one {} here",
        ]).values
        expectEqual(found, expected)
        let single = try await Asking.logits(["prompt": "balloon", "template": "a picture of the {}"]).values
        expectEqual(single, try await Asking.logits(["prompt": Self.balloon]).values)
    }

    @Test("An embedding stands for the text that it is of")
    func embedding() async throws {
        let numbers = try await DemoPool.pool().embedding(text: Self.balloon)
        let found = try await Asking.logits(["embedding": "\(numbers)"]).values
        expectEqual(found, try await Asking.logits(["prompt": Self.balloon]).values)
    }

    /// A picture of a balloon among others, and a mask of it.
    private static func example() throws -> (image: [UInt8], mask: [UInt8]) {
        let scene = try #require(Scene.all.first { $0.file == Asking.scene })
        let prompt = try #require(scene.prompts.first { $0.text.contains("balloon") })
        return (try scene.image(), try Scene.bytes(prompt.mask))
    }

    @Test("An image shows what to look for; with a mask it is prepared first", arguments: PromptStyle.allCases)
    func style(style: PromptStyle) async throws {
        let (image, mask) = try Self.example()
        let prepared = try RGBImage(decoding: image).prepared(
            asPromptFor: BinaryMask(RGBImage(decoding: mask)), style: style,
            darkness: DemoPool.pool().model.meanColor)
        let file = try PNGEncoder.encode(prepared)
        let expected = try await Asking.logits([:], files: ["prompt_image": file]).values
        let found = try await Asking.logits(
            ["prompt_style": style.rawValue], files: ["prompt_image": image, "prompt_mask": mask]
        ).values
        expectEqual(found, expected)
        let plain = try await Asking.logits([:], files: ["prompt_image": image]).values
        #expect(zip(found, plain).contains { abs($0 - $1) > 0.01 } == (style != .none))
        if style == .cropBlurHighlight {
            let usual = try await Asking.logits([:], files: ["prompt_image": image, "prompt_mask": mask]).values
            expectEqual(usual, found)
        }
    }

    @Test("What is transparent in a mask is not meant")
    func transparentMask() async throws {
        let (image, mask) = try Self.example()
        let grey = try GreyImage(decoding: mask)
        let transparent = try PNGEncoder.encodeRGBA(width: grey.width, height: grey.height) { row, bytes in
            for index in bytes.indices {
                bytes[index] = index % 4 == 3 ? grey.values[row * grey.width + index / 4] : 255
            }
        }
        let expected = try await Asking.logits([:], files: ["prompt_image": image, "prompt_mask": mask]).values
        let found = try await Asking.logits([:], files: ["prompt_image": image, "prompt_mask": transparent]).values
        expectEqual(found, expected)
    }

    @Test("A mask that shows nothing, or another picture's, is refused")
    func unusableMask() async throws {
        let (image, _) = try Self.example()
        for side in [(400, 300), (100, 75)] {
            let black = try PNGEncoder.encode(
                greyscale: [UInt8](repeating: 0, count: side.0 * side.1), width: side.0, height: side.1)
            let error = try await #require(throws: InputError.self) {
                try await Asking.logits([:], files: ["prompt_image": image, "prompt_mask": black])
            }
            #expect(error.code == "unusable_prompt_mask" && error.parameter == "prompt_mask")
        }
        let error = try await #require(throws: InputError.self) {
            try await Asking.logits([:], files: ["prompt_image": image, "prompt_mask": [1, 2, 3]])
        }
        #expect(error.code == "unsupported_image_type" && error.parameter == "prompt_mask")
    }

    @Test("Blending goes from the text to the image, and makes one prompt of both", arguments: [0, 0.25, 1] as [Float])
    func blend(share: Float) async throws {
        let pool = try DemoPool.pool()
        let (image, _) = try Self.example()
        let text = try await pool.embedding(text: Self.drum)
        let picture = try await pool.embedding(image: image)
        let mixed = zip(text, picture).map { (1 - share) * $0 + share * $1 }
        let found = try await Asking.logits(
            ["prompt": Self.drum, "blend": "\(share)"], files: ["prompt_image": image])
        #expect(found.shape == [1, 192, 192])
        expectEqual(found.values, try await Asking.logits(["embedding": "\(mixed)"]).values)
    }

    @Test("The order of prompts is text, expression, image, embedding")
    func order() async throws {
        let (image, _) = try Self.example()
        let numbers = try await DemoPool.pool().embedding(text: Self.drum)
        let answer = try await Asking.answer(
            [
                "embedding": "\(numbers)", "prompt_expr": "\(Self.drum) AND cat", "prompt": Self.balloon, "as": "json",
                "mask_format": "none",
            ], files: ["prompt_image": image])
        #expect(
            try Report(answer).prompts.map(\.label) == [
                Self.balloon, "\(Self.drum) AND cat", "image 1", "embedding 1",
            ])
    }
}
