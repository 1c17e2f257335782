import CLIPSeg
import Compute
import Imaging
import Testing

@testable import Segmentation

/// The demo model from the bytes of an image to the bytes of an answer.
@Suite struct ModelPoolTests {
    @Test("Masks are as good as the reference's", arguments: Scene.all)
    func agreement(scene: Scene) async throws {
        let image = try scene.image()
        for prompt in scene.prompts {
            let truth = try GreyImage(decoding: Scene.bytes(prompt.mask))
            let mask = try await DemoPool.mask(image, [.text(prompt.text)])
            #expect(mask.width == scene.width && mask.height == scene.height)
            #expect(mask.values.allSatisfy { $0 == 0 || $0 == 255 })
            let iou = Overlap(mask.values.map { $0 == 255 }, truth.values.map { $0 >= 128 }).iou
            #expect(abs(iou - prompt.iou) <= 0.02, "\(prompt.text): \(iou), the reference's \(prompt.iou)")
        }
    }

    @Test("The scenes are there, in both formats")
    func scenes() {
        #expect(Set(Scene.all.map { $0.file.suffix(4) }) == [".png", ".jpg"])
        #expect(Scene.all.count >= 8)
    }

    @Test("Fast decoding shows the model half of a large JPEG's pixels each way, and finds nearly the same")
    func fastDecoding() async throws {
        let image = try Scene.large()
        let model = try DemoPool.pool().model
        let least = ImageSize(width: 2 * model.inputWidth, height: 2 * model.inputHeight)
        let reduced = try ReducedImage(decoding: image, leastSize: least)
        try #require(reduced.image.width < reduced.originalSize.width, "half of it is too small for the demo model")

        let texts = ["purple ring", "orange cross"]
        var request = SegmentationRequest(image: image, prompts: texts.map { .text($0) })
        request.output = .logits
        // A new pool: texts that were encoded in another batch may differ in the last bit.
        let pool = ModelPool(model)
        let exact = try NumPyFile.decode(await pool.segment(request).bytes).values
        request.decoding = .fast
        let fast = try NumPyFile.decode(await pool.segment(request).bytes).values
        #expect(zip(exact, fast).contains { abs($0 - $1) > 0.1 })
        #expect(Overlap(exact.map { $0 >= 0 }, fast.map { $0 >= 0 }).iou > 0.95)
        let tokens = try model.processor.inputIDs(texts, maxLength: model.maxPromptTokens)
        let pixels = try model.processor.pixelValues([reduced.image])
        #expect(try model.model(pixels, inputIDs: tokens).logits.values == fast)

        request.output = .mask
        let mask = try GreyImage(decoding: await pool.segment(request).bytes)
        #expect(mask.width == reduced.originalSize.width && mask.height == reduced.originalSize.height)
    }

    @Test("Fast decoding is for images to look for, too")
    func fastPrompt() async throws {
        let prompt = SegmentationRequest.Prompt.image(try Scene.large())
        let image = try #require(Scene.all.first).image()
        let exact = try NumPyFile.decode(await DemoPool.segment(image, [prompt], as: .logits)).values
        let fast = try NumPyFile.decode(
            await DemoPool.segment(image, [prompt], as: .logits, decoding: .fast)
        ).values
        #expect(zip(exact, fast).contains { abs($0 - $1) > 0.01 })
    }

    @Test(
        "Narrower precisions give the masks of fp32",
        arguments: [PrecisionChoice.bf16, .int8].filter(\.resolved.isSupported))
    func narrow(precision: PrecisionChoice) async throws {
        var overlap = Overlap()
        for scene in Scene.all {
            let prompts = scene.prompts.map { SegmentationRequest.Prompt.text($0.text) }
            let (image, kind) = (try scene.image(), OutputKind.logits)
            let wide = try NumPyFile.decode(await DemoPool.segment(image, prompts, as: kind))
            let narrow = try NumPyFile.decode(await DemoPool.segment(image, prompts, as: kind, precision: precision))
            #expect(wide.values != narrow.values)
            overlap.add(wide.values.map { $0 >= 0 }, narrow.values.map { $0 >= 0 })
        }
        #expect(overlap.iou >= 0.99)
    }

    @Test("Logits come as the model's own, one plane a prompt")
    func logits() async throws {
        let scene = try #require(Scene.all.first { $0.width != $0.height })
        let prompts = scene.prompts.map { SegmentationRequest.Prompt.text($0.text) }
        let model = try DemoPool.pool().model
        var request = SegmentationRequest(image: try scene.image(), prompts: prompts)
        request.output = .logits
        // A new pool: texts that were encoded in another batch may differ in the last bit.
        let (values, shape) = try NumPyFile.decode(await ModelPool(model).segment(request).bytes)
        #expect(shape == [prompts.count, model.inputHeight, model.inputWidth])

        let pixels = try model.processor.pixelValues([RGBImage(decoding: scene.image())])
        let tokens = try model.processor.inputIDs(scene.prompts.map(\.text), maxLength: model.maxPromptTokens)
        #expect(try model.model(pixels, inputIDs: tokens).logits.values == values)
    }

    @Test("Several prompts give the union of their masks")
    func union() async throws {
        let scene = try #require(Scene.all.first)
        let image = try scene.image()
        let prompts = scene.prompts.map { SegmentationRequest.Prompt.text($0.text) }
        let together = try await DemoPool.mask(image, prompts)
        var apart = [UInt8](repeating: 0, count: together.values.count)
        for prompt in prompts {
            let mask = try await DemoPool.mask(image, [prompt])
            #expect(mask != together)
            for (index, value) in mask.values.enumerated() { apart[index] = max(apart[index], value) }
        }
        // A batch may be added up in another order than a single prompt.
        let different = zip(together.values, apart).count { $0 != $1 }
        #expect(different <= apart.count / 10_000)
    }

    @Test("The probability is at least a half where the mask is white")
    func probability() async throws {
        let scene = try #require(Scene.all.first)
        let (image, prompt) = (try scene.image(), SegmentationRequest.Prompt.text(scene.prompts[0].text))
        let mask = try await DemoPool.mask(image, [prompt])
        let probability = try GreyImage(decoding: await DemoPool.segment(image, [prompt], as: .probability))
        #expect(probability.values.map { $0 >= 128 ? 255 : 0 } == mask.values)
        #expect(Set(probability.values).count > 10)
    }

    @Test("A higher threshold gives a smaller mask")
    func threshold() async throws {
        let scene = try #require(Scene.all.first)
        var sizes: [Int] = []
        for threshold: Float in [0, 0.2, 0.5, 0.8, 1] {
            let bytes = try await DemoPool.segment(
                scene.image(), [.text(scene.prompts[0].text)], threshold: threshold)
            sizes.append(try GreyImage(decoding: bytes).values.count { $0 == 255 })
        }
        #expect(sizes == sizes.sorted(by: >))
        #expect(Set(sizes).count >= 4)
        #expect(sizes[0] == scene.width * scene.height)
    }

    @Test("The embedding of a text gives the mask of the text, and that of an image the image's")
    func embeddings() async throws {
        let scene = try #require(Scene.all.first)
        let other = try #require(Scene.all.last)
        let image = try scene.image()
        let pool = try DemoPool.pool()

        let text = try await pool.embedding(text: scene.prompts[0].text)
        #expect(text.count == pool.model.projectionDim)
        let byText = try await DemoPool.mask(image, [.text(scene.prompts[0].text)])
        #expect(try await DemoPool.mask(image, [.embedding(text)]) == byText)

        let picture = try await pool.embedding(image: other.image())
        #expect(picture.count == pool.model.projectionDim)
        let byImage = try await DemoPool.segment(image, [.image(other.image())], as: .probability)
        #expect(try await DemoPool.segment(image, [.embedding(picture)], as: .probability) == byImage)
        #expect(try GreyImage(decoding: byImage) != byText)
    }

    @Test("Prompts of all kinds may be mixed, and keep their order")
    func mixed() async throws {
        let scene = try #require(Scene.all.first)
        let image = try scene.image()
        let embedding = try await DemoPool.pool().embedding(text: "a red circle")
        let prompts: [SegmentationRequest.Prompt] = [
            .text("crown"), .embedding(embedding), .image(image), .text("a cake"),
        ]
        let together = try NumPyFile.decode(await DemoPool.segment(image, prompts, as: .logits))
        try #require(together.shape[0] == 4)
        let size = together.values.count / 4
        for (number, prompt) in prompts.enumerated() {
            let alone = try NumPyFile.decode(await DemoPool.segment(image, [prompt], as: .logits)).values
            let plane = together.values[number * size..<(number + 1) * size]
            let difference = zip(plane, alone).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(difference < 1e-3, "prompt \(number)")
        }
    }

    @Test("A photograph on its side gives an upright mask", arguments: [1, 3, 6, 8] as [UInt8])
    func orientation(tag: UInt8) async throws {
        let scene = try #require(Scene.all.first { $0.file.hasSuffix(".jpg") && $0.width != $0.height })
        let image = try scene.image()
        let prompt = SegmentationRequest.Prompt.text(scene.prompts[0].text)
        // An APP1 segment, straight after the start of the image: one big-endian EXIF directory with one entry.
        let exif: [UInt8] =
            [0xFF, 0xE1, 0, 34] + Array("Exif".utf8) + [0, 0] + Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1]
            + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, tag, 0, 0] + [0, 0, 0, 0]
        let turned = Array(image[..<2]) + exif + image[2...]
        let mask = try await DemoPool.mask(turned, [prompt])
        let sideways = tag >= 5
        #expect(mask.width == (sideways ? scene.height : scene.width))
        #expect(mask.height == (sideways ? scene.width : scene.height))

        let upright = try PNGEncoder.encode(RGBImage(decoding: turned))
        #expect(try await DemoPool.mask(upright, [prompt]) == mask)
    }

    @Test("The answer says what it is, and how long each stage took")
    func result() async throws {
        let scene = try #require(Scene.all.first)
        let request = SegmentationRequest(image: try scene.image(), prompts: [.text("crown"), .text("a cake")])
        let result = try await DemoPool.pool().segment(request)
        #expect(result.contentType == "image/png")
        #expect(result.prompts == 2)
        #expect(
            result.timings.stages.map(\.name) == [
                "queue", "decode", "preprocess", "encode", "text", "decode_mask", "postprocess", "encode_png",
            ])
        #expect(try #require(result.timings.stages.first { $0.name == "encode" }).duration > .zero)
    }

    @Test("The same request twice gives the same bytes")
    func repeatable() async throws {
        let scene = try #require(Scene.all.last)
        var request = SegmentationRequest(image: try scene.image(), prompts: scene.prompts.map { .text($0.text) })
        // A pool of its own: in a batch with others', rounding may differ.
        let pool = ModelPool(try DemoPool.pool().model)
        // JSON says how long it took.
        for output in OutputKind.allCases where output != .json {
            request.output = output
            let first = try await pool.segment(request).bytes
            #expect(try await pool.segment(request).bytes == first)
        }
    }
}
