import Compute
import Testing

@testable import CLIPSeg

/// Inputs that do not fit the model are errors, not traps.
@Suite struct ModelInputTests {
    private let fixture = Fixture(name: "complex")

    private func pixels(images: Int = 1, channels: Int = 3, height: Int = 32, width: Int = 32) -> PixelValues {
        PixelValues(
            images: images, channels: channels, height: height, width: width,
            values: [Float](repeating: 0.25, count: images * channels * height * width))
    }

    @Test("A prompt may be as long as there are positions, and no longer")
    func promptLength() throws {
        let clip = try fixture.model().clip
        #expect(try clip.textFeatures([[558] + [Int](repeating: 5, count: 18) + [559]]).rows == 1)
        let error = try #require(throws: ModelError.self) {
            try clip.textFeatures([[558, 559], [558] + [Int](repeating: 5, count: 19) + [559]])
        }
        #expect(error == .promptTooLong(tokens: 21, limit: 20))
        #expect(error.description.contains("21") && error.description.contains("20"))
    }

    @Test("A batch needs a prompt, and a prompt a token")
    func noTokens() throws {
        let clip = try fixture.model().clip
        for prompts in [[], [[]], [[558, 559], []]] as [[[Int]]] {
            let error = try #require(throws: ModelError.self) { try clip.textFeatures(prompts) }
            guard case .empty = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test("A token outside the vocabulary is refused", arguments: [-1, 560, Int.min, Int.max])
    func unknownToken(id: Int) throws {
        let clip = try fixture.model().clip
        #expect(try clip.textFeatures([[558, 0, 559]]).rows == 1)
        #expect(throws: ModelError.unknownToken(id: id, vocabularySize: 560)) {
            try clip.textFeatures([[558, id, 559]])
        }
    }

    @Test("A prompt without an end token is pooled at its first one, as in the reference")
    func noEnd() throws {
        let clip = try fixture.model().clip
        #expect(try clip.textFeatures([[558, 3, 4]]).values == clip.textFeatures([[558]]).values)
    }

    @Test("An image smaller than a patch is refused", arguments: [(15, 32), (32, 15), (1, 1), (0, 32), (0, 0)])
    func smallImage(width: Int, height: Int) throws {
        let model = try fixture.model()
        let small = pixels(height: height, width: width)
        let expected = ModelError.imageTooSmall(width: width, height: height, patchSize: 16)
        #expect(throws: expected) { try model.encode(small) }
        #expect(throws: expected) { try model.clip.imageFeatures(small) }
    }

    @Test("A single patch is enough")
    func onePatch() throws {
        let logits = try fixture.model()(pixels(height: 16, width: 16), inputIDs: [[558, 559]]).logits
        #expect(logits.values.count == 16 * 16 && logits.values.allSatisfy(\.isFinite))
    }

    @Test("A batch without images is refused")
    func noImages() throws {
        #expect(throws: ModelError.empty("image")) { try fixture.model().encode(pixels(images: 0)) }
    }

    @Test("Images have three channels", arguments: [1, 4])
    func channels(channels: Int) throws {
        let error = try #require(throws: ModelError.self) {
            try fixture.model().encode(pixels(channels: channels))
        }
        guard case .mismatch(let text) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(text.contains("\(channels)"))
    }

    @Test("An embedding must be as wide as the common space", arguments: [0, 1, 15, 17])
    func embeddingWidth(width: Int) throws {
        let model = try fixture.model()
        let encoding = try model.encode(pixels())
        let error = try #require(throws: ModelError.self) {
            try model.decode(
                encoding, conditionalEmbeddings: Matrix(rows: 1, columns: width, [Float](repeating: 1, count: width)))
        }
        #expect(error.description.contains("\(width) numbers") && error.description.contains("16"))
        #expect(throws: ModelError.empty("prompt")) {
            try model.decode(encoding, conditionalEmbeddings: Matrix(rows: 0, columns: 16, []))
        }
    }

    @Test("Several images need a prompt each")
    func counts() throws {
        let model = try fixture.model()
        let prompt = [558, 559]
        #expect(try model(pixels(images: 2), inputIDs: [prompt, prompt]).logits.prompts == 2)
        for (images, prompts) in [(2, 1), (2, 3), (3, 2)] {
            let error = try #require(throws: ModelError.self) {
                try model(pixels(images: images), inputIDs: [[Int]](repeating: prompt, count: prompts))
            }
            #expect(error.description.contains("\(images) images and \(prompts) prompts"))
        }
    }

    @Test("Labels are as many as logits, and the contrastive loss needs pairs")
    func losses() throws {
        let model = try fixture.model()
        #expect(throws: ModelError.self) { try model(pixels(), inputIDs: [[558, 559]], labels: [1]) }
        #expect(throws: ModelError.self) { try model.clip([[558, 559]], pixels(images: 2)).contrastiveLoss() }
    }
}
