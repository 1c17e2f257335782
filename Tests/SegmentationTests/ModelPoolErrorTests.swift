import Imaging
import Testing

@testable import Segmentation

/// What can't be segmented is refused with a code, the parameter at fault, and a sentence.
@Suite struct ModelPoolErrorTests {
    /// A PNG of 65535 × 65535 pixels, up to where its pixels would begin.
    private static let hugePNG: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        + [0, 0, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 8, 2, 0, 0, 0, 0x39, 0x67, 0x4E, 0x07]
        + [0, 0, 0, 0] + Array("IDAT".utf8) + [0x35, 0xAF, 0x06, 0x1E]

    static func image(_ name: String) throws -> [UInt8] {
        let scene = try #require(Scene.all.first)
        let whole = try scene.image()
        return switch name {
        case "empty": []
        case "text": Array("This is not a picture, whatever its name says.\n".utf8)
        case "GIF": Array("GIF89a".utf8) + [1, 0, 1, 0, 0, 0, 0]
        case "half a PNG": Array(whole[..<(whole.count / 2)])
        case "half a JPEG":
            try { file in Array(file[..<(file.count / 2)]) }(Scene.bytes("scene-2027.jpg"))
        case "a PNG with a wrong byte":
            whole.indices.map { $0 == whole.count / 2 ? whole[$0] ^ 0x55 : whole[$0] }
        case "65535 × 65535": hugePNG
        default: whole
        }
    }

    @Test(
        "An image that can't be read is refused, be it the image or a prompt",
        arguments: [
            ("text", InputError.Kind.unsupportedMediaType, "unsupported_image_type"),
            ("GIF", .unsupportedMediaType, "unsupported_image_type"),
            ("half a PNG", .unprocessable, "corrupt_image"),
            ("half a JPEG", .unprocessable, "corrupt_image"),
            ("a PNG with a wrong byte", .unprocessable, "corrupt_image"),
            ("65535 × 65535", .unprocessable, "image_too_large"),
            ("empty", .malformed, "empty_image"),
        ])
    func images(name: String, kind: InputError.Kind, code: String) async throws {
        let (bad, good) = (try Self.image(name), try Self.image("good"))
        let error = try await refusal(SegmentationRequest(image: bad, prompts: [.text("a cat")]))
        #expect(error.kind == kind && error.code == code && error.parameter == "image")
        #expect(error.description.hasSuffix("."))

        let promptError = try await refusal(SegmentationRequest(image: good, prompts: [.image(bad)]))
        #expect(promptError.kind == kind && promptError.code == code && promptError.parameter == "prompt_image")

        await #expect(throws: error) { try await DemoPool.pool().embedding(image: bad) }
        await #expect(throws: error) {
            try await DemoPool.pool().classify(ClassificationRequest(image: bad, labels: ["a cat"]))
        }
    }

    @Test("Of several images, the error says which one it is about", arguments: ["text", "half a PNG"])
    func numbers(name: String) async throws {
        let (bad, good) = (try Self.image(name), try Self.image("good"))
        let error = try await refusal(
            SegmentationRequest(image: good, prompts: [.image(good), .text("a cat"), .image(bad)]))
        #expect(error.parameter == "prompt_image" && error.number == 2)
        #expect(error.description.hasPrefix("“prompt_image” no. 2: ") && error.description.hasSuffix(error.problem))
        let mask = try await refusal(
            SegmentationRequest(image: good, prompts: [.image(good, mask: bad), .image(good)]))
        #expect(mask.parameter == "prompt_mask" && mask.number == 1)
        let embedding = try await #require(throws: InputError.self) {
            try await DemoPool.pool().embeddings(EmbeddingRequest(texts: [], images: [good, bad]))
        }
        #expect(embedding.parameter == "image" && embedding.number == 2)
    }

    @Test("A pool may be stricter about sizes than its decoder")
    func limits() async throws {
        let pool = ModelPool(try DemoPool.pool().model, imageLimits: .init(maxPixels: 1000))
        let request = SegmentationRequest(image: try Self.image("good"), prompts: [.text("a cat")])
        let error = try await #require(throws: InputError.self) { try await pool.segment(request) }
        #expect(error.code == "image_too_large")
        #expect(error.description.contains("1000"))
    }

    @Test("A prompt of 500 words is refused, saying how long it may be")
    func longPrompt() async throws {
        let words = [String](repeating: "umbrella", count: 500).joined(separator: " ")
        let image = try Self.image("good")
        let error = try await refusal(SegmentationRequest(image: image, prompts: [.text("cat"), .text(words)]))
        #expect(error.kind == .unprocessable && error.code == "prompt_too_long" && error.parameter == "prompt")
        #expect(error.description.contains("\(try DemoPool.pool().model.maxPromptTokens)"))

        let labelError = try await #require(throws: InputError.self) {
            try await DemoPool.pool().classify(ClassificationRequest(image: image, labels: [words]))
        }
        #expect(labelError.code == "prompt_too_long" && labelError.parameter == "label")
    }

    @Test(
        "An embedding of another length, or of numbers that are none, is refused",
        arguments: [(0, 1), (1, 1), (127, 1), (129, 1), (128, .nan), (128, .infinity)] as [(Int, Float)])
    func embedding(count: Int, number: Float) async throws {
        let values = [Float](repeating: number, count: count)
        let error = try await refusal(
            SegmentationRequest(image: Self.image("good"), prompts: [.text("a cat"), .embedding(values)]))
        #expect(error.kind == .unprocessable && error.code == "invalid_embedding" && error.parameter == "embedding")
        #expect(error.description.contains(count == 128 ? "not finite" : "has \(count) number"))
        if count != 128 { #expect(error.description.contains("takes 128")) }
    }

    @Test("An embedding of absurd numbers does no harm", arguments: [1e30, .greatestFiniteMagnitude] as [Float])
    func absurdEmbedding(number: Float) async throws {
        let prompt = SegmentationRequest.Prompt.embedding([Float](repeating: number, count: 128))
        for output in OutputKind.allCases {
            let answer = try await DemoPool.segment(Self.image("good"), [prompt, .text("a cat")], as: output)
            switch output {
            case .logits: #expect(try NumPyFile.decode(answer).shape[0] == 2)
            case .json: #expect(try Report(answer).prompts.count == 2)
            default: #expect(try GreyImage(decoding: answer).width == 192)
            }
        }
    }

    @Test("Mistakes in the request come before the work")
    func validation() async throws {
        let error = try await refusal(SegmentationRequest(image: try Self.image("text"), prompts: []))
        #expect(error.code == "missing_parameter")
        let labels = try await #require(throws: InputError.self) {
            try await DemoPool.pool().classify(ClassificationRequest(image: Self.image("text"), labels: []))
        }
        #expect(labels.code == "missing_parameter" && labels.parameter == "label")
    }

    @Test("A request whose deadline has passed is refused")
    func deadline() async throws {
        var request = SegmentationRequest(image: try Self.image("good"), prompts: [.text("a cat")])
        request.deadline = .now - .milliseconds(1)
        await #expect(throws: Refusal.deadlinePassed) { try await DemoPool.pool().segment(request) }
    }

    private func refusal(_ request: SegmentationRequest) async throws -> InputError {
        try await #require(throws: InputError.self) { try await DemoPool.pool().segment(request) }
    }
}
