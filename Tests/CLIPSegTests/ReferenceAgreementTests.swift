import Compute
import Testing

@testable import CLIPSeg

/// The model against transformers, on the same weights and pixels.
@Suite struct ReferenceAgreementTests {
    /// The promise is 1e-3 of the logits' standard deviation; small models do better.
    static let tolerance: Float = 1e-4

    @Test("Text encoder and projection", arguments: Fixture.all)
    func text(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let clip = try fixture.model().clip
        let output = try clip.textModel(try fixture.inputIDs())
        #expect(
            error(output.lastHiddenStates[0].values, try expected.values("text.last_hidden_state")) < Self.tolerance)
        #expect(error(output.pooled.values, try expected.values("text.pooler_output")) < Self.tolerance)
        let features = try clip.textFeatures(try fixture.inputIDs())
        #expect(error(features.values, try expected.values("text_features")) < Self.tolerance)
    }

    @Test("Padding after the end of a prompt changes nothing", arguments: Fixture.all)
    func padding(fixture: Fixture) throws {
        let model = try fixture.model()
        let prompts = try fixture.inputIDs()
        let longest = prompts.map(\.count).max() ?? 0
        let end = try #require(prompts[0].last)
        let padded = prompts.map { $0 + [Int](repeating: end, count: longest - $0.count) }
        #expect(try model.clip.textFeatures(padded).values == model.clip.textFeatures(prompts).values)
    }

    @Test("Image encoder, layer by layer", arguments: Fixture.all)
    func vision(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let model = try fixture.model()
        let pixels = try expected.pixelValues("pixel_values").image(0)
        let layers = Array(0..<model.config.visionConfig.numHiddenLayers)
        let output = try model.clip.visionModel(pixels, extractLayers: layers)
        for layer in layers {
            let found = try #require(output.hiddenStates[layer])
            #expect(
                error(found.values, try expected.values("vision.hidden_states.\(layer + 1)")) < Self.tolerance,
                "layer \(layer)")
        }
        let embedded = try model.clip.visionModel.embed(
            pixels, PatchGrid(rows: output.gridRows, columns: output.gridColumns))
        #expect(error(embedded.values, try expected.values("vision.embeddings")) < Self.tolerance)
    }

    @Test("Features of several images", arguments: Fixture.all)
    func imageFeatures(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let clip = try fixture.model().clip
        let pixels = try expected.pixelValues("pixel_values")
        let pooled = try #require(try clip.visionModel(pixels).pooled)
        #expect(error(pooled.values, try expected.values("vision.pooler_output")) < Self.tolerance)
        #expect(
            error(try clip.imageFeatures(pixels).values, try expected.values("image_features")) < Self.tolerance)
    }

    @Test("More tokens than one part of a perceptron's rows", arguments: Fixture.all)
    func manyImages(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let few = try expected.pixelValues("pixel_values")
        // Of 17 tokens an image, 1054 rows in three parts, the second and third of which begin within an image.
        let copies = 31
        let many = PixelValues(
            images: copies * few.images, height: few.height, width: few.width,
            values: [[Float]](repeating: few.values, count: copies).flatMap { $0 })
        let pooled = try #require(try fixture.model().clip.visionModel(many).pooled).values
        let outputs = try expected.values("vision.pooler_output")
        for copy in 0..<copies {
            let part = Array(pooled[copy * outputs.count..<(copy + 1) * outputs.count])
            #expect(error(part, outputs) < Self.tolerance)
        }
    }

    @Test("Similarities of texts and images, and their loss", arguments: Fixture.all)
    func similarity(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let clip = try fixture.model().clip
        let pixels = try expected.pixelValues("pixel_values")
        let prompts = try fixture.inputIDs()
        let output = try clip(prompts, pixels)
        #expect(error(output.textEmbeds.values, try expected.values("text_embeds")) < Self.tolerance)
        #expect(error(output.imageEmbeds.values, try expected.values("image_embeds")) < Self.tolerance)
        #expect(error(output.logitsPerImage.values, try expected.values("logits_per_image")) < Self.tolerance)
        #expect(error(output.logitsPerText.values, try expected.values("logits_per_text")) < Self.tolerance)
        let paired = try clip(Array(prompts[..<2]), pixels)
        #expect(error([try paired.contrastiveLoss()], try expected.values("contrastive_loss")) < 1e-3)
    }

    @Test("One image, several text prompts", arguments: Fixture.all)
    func textPrompts(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let model = try fixture.model()
        let output = try model(
            try expected.pixelValues("pixel_values").image(0), inputIDs: try fixture.inputIDs())
        #expect(
            [output.logits.prompts, output.logits.height, output.logits.width]
                == (try expected.shape("text_prompts.logits")))
        #expect(error(output.logits.values, try expected.values("text_prompts.logits")) < Self.tolerance)
    }

    @Test("Several images, each with its prompt", arguments: Fixture.all)
    func severalImages(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let model = try fixture.model()
        let prompts = try fixture.inputIDs()
        let logits = try model(try expected.pixelValues("pixel_values"), inputIDs: Array(prompts[..<2])).logits
        let size = logits.height * logits.width
        let first = Array(try expected.values("text_prompts.logits")[..<size])
        #expect(error(logits.plane(0), first) < Self.tolerance)
        #expect(error(logits.plane(1), try expected.values("second_image.logits")) < Self.tolerance)
    }

    @Test("An image as the prompt", arguments: Fixture.all)
    func imagePrompt(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let output = try fixture.model()(
            try expected.pixelValues("pixel_values").image(0),
            conditionalPixels: try expected.pixelValues("image_prompt.pixel_values"))
        #expect(
            error(output.conditionalEmbeddings.values, try expected.values("image_prompt.conditional_embeddings"))
                < Self.tolerance)
        #expect(error(output.logits.values, try expected.values("image_prompt.logits")) < Self.tolerance)
    }

    @Test("An embedding as the prompt", arguments: Fixture.all)
    func customEmbedding(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let output = try fixture.model()(
            try expected.pixelValues("pixel_values").image(0),
            conditionalEmbeddings: try expected.matrix("custom_embedding.conditional_embeddings"))
        #expect(error(output.logits.values, try expected.values("custom_embedding.logits")) < Self.tolerance)
    }

    @Test("An image of two different sides, with pixels left over", arguments: Fixture.all)
    func nonSquare(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let model = try fixture.model()
        let pixels = try expected.pixelValues("non_square.pixel_values")
        let logits = try model(pixels, inputIDs: Array(try fixture.inputIDs()[..<2])).logits
        #expect([logits.prompts, logits.height, logits.width] == (try expected.shape("non_square.logits")))
        #expect(error(logits.values, try expected.values("non_square.logits")) < Self.tolerance)
        #expect(
            error(try model.clip.imageFeatures(pixels).values, try expected.values("non_square.image_features"))
                < Self.tolerance)
    }

    @Test("The loss against labels", arguments: Fixture.all)
    func segmentationLoss(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let output = try fixture.model()(
            try expected.pixelValues("pixel_values").image(0), inputIDs: Array(try fixture.inputIDs()[..<1]),
            labels: try expected.values("segmentation_loss.labels"))
        #expect(error([try #require(output.loss)], try expected.values("segmentation_loss")) < 1e-5)
    }

    @Test("The portable backend gives the same logits", arguments: Fixture.all)
    func portable(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let output = try fixture.model(PortableBackend(threads: 2))(
            try expected.pixelValues("pixel_values").image(0), inputIDs: try fixture.inputIDs())
        #expect(error(output.logits.values, try expected.values("text_prompts.logits")) < Self.tolerance)
    }

    @Test("bfloat16 stays close", .enabled(if: Precision.bf16.isSupported), arguments: Fixture.all)
    func bfloat16(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let output = try fixture.model(testBackend(.bf16))(
            try expected.pixelValues("pixel_values").image(0), inputIDs: try fixture.inputIDs())
        #expect(correlation(output.logits.values, try expected.values("text_prompts.logits")) > 0.999)
    }

    @Test("8 bits stay close", .enabled(if: Precision.int8.isSupported), arguments: Fixture.all)
    func int8(fixture: Fixture) throws {
        let expected = try fixture.expected()
        let pixels = try expected.pixelValues("pixel_values").image(0)
        for backend in [testBackend(.int8), PortableBackend(precision: .int8, threads: 2)] {
            let output = try fixture.model(backend)(pixels, inputIDs: try fixture.inputIDs())
            #expect(correlation(output.logits.values, try expected.values("text_prompts.logits")) > 0.99)
        }
    }

    @Test("Position embeddings for other grids")
    func positions() throws {
        let expected = try Expected(Fixture.root + "/position_embeddings.safetensors")
        let source = try expected.matrix("source")
        let positions = PositionEmbeddings(table: source, trained: PatchGrid(rows: 7, columns: 7))
        for (rows, columns) in [(7, 7), (14, 14), (22, 22), (3, 3), (1, 4), (5, 9), (9, 5), (8, 7)] {
            let values = try expected.values("grid.\(rows)x\(columns)")
            let found = positions(PatchGrid(rows: rows, columns: columns)).values
            #expect(error(found, values) < 1e-5, "\(rows)×\(columns)")
        }
    }
}

/// Pearson's correlation.
func correlation(_ a: [Float], _ b: [Float]) -> Double {
    let count = Double(a.count)
    let meanA = a.reduce(0) { $0 + Double($1) } / count
    let meanB = b.reduce(0) { $0 + Double($1) } / count
    var covariance = 0.0
    var varianceA = 0.0
    var varianceB = 0.0
    for (x, y) in zip(a, b) {
        covariance += (Double(x) - meanA) * (Double(y) - meanB)
        varianceA += (Double(x) - meanA) * (Double(x) - meanA)
        varianceB += (Double(y) - meanB) * (Double(y) - meanB)
    }
    return covariance / (varianceA * varianceB).squareRoot()
}
