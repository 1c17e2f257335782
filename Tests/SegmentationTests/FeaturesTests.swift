import CLIPSeg
import Foundation
import Testing

@testable import Segmentation

/// Classification, embeddings and tokens of the demo model. That features and logits are the reference's is tested in
/// `CLIPSegTests`.
@Suite struct FeaturesTests {
    private static func image() throws -> [UInt8] { try #require(Scene.all.first).image() }

    private static func request(_ labels: String...) throws -> ClassificationRequest {
        ClassificationRequest(image: try image(), labels: labels)
    }

    private static func length(_ vector: [Float]) -> Float { dot(vector, vector).squareRoot() }

    private static func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

    @Test("Scores are the softmax of the logits, or the logits")
    func scores() async throws {
        var request = try Self.request("crown", "a cake", "a purple star")
        let softmax = try await DemoPool.pool().classify(request)
        request.scores = .raw
        let raw = try await DemoPool.pool().classify(request)
        #expect(raw.scores == raw.logitsPerImage && raw.logitsPerImage == softmax.logitsPerImage)
        #expect(raw.labels == request.labels && softmax.model == "clipseg-demo")
        for (first, second) in [(0, 1), (1, 2)] {
            let ratio = softmax.scores[first] / softmax.scores[second]
            let difference = raw.scores[first] - raw.scores[second]
            #expect(abs(log(ratio) - difference) < 1e-3)
        }
        #expect(abs(softmax.scores.reduce(0, +) - 1) < 1e-6)
        #expect(softmax.timings.stages.map(\.name) == ["queue", "decode", "preprocess", "text", "encode"])
    }

    @Test("Logits are the scaled cosines of the embeddings")
    func cosines() async throws {
        let request = try Self.request("crown", "a cake", "a red circle")
        let pool = try DemoPool.pool()
        let logits = try await pool.classify(request).logitsPerImage
        var embedding = EmbeddingRequest(texts: request.labels, images: [request.image])
        embedding.normalize = true
        let embeddings = try await pool.embeddings(embedding)
        let cosines = embeddings.texts.map { Self.dot($0, embeddings.images[0]) }
        let scale = logits[0] / cosines[0]
        #expect(scale > 1)
        for (logit, cosine) in zip(logits, cosines) { #expect(abs(logit - scale * cosine) < 1e-3) }
    }

    @Test("Embeddings come in the order asked for, each as if asked for alone")
    func several() async throws {
        let pool = try DemoPool.pool()
        let files = try [Scene.all[0].image(), Scene.all[1].image(), Scene.all[0].image()]
        let request = EmbeddingRequest(texts: ["crown", "a cake"], images: files)
        let embeddings = try await pool.embeddings(request)
        #expect(embeddings.texts.count == 2 && embeddings.images.count == 3 && !embeddings.normalized)
        #expect(embeddings.images[0] == embeddings.images[2] && embeddings.images[0] != embeddings.images[1])
        #expect(try await pool.embedding(image: files[1]) == embeddings.images[1])
        let alone = try await pool.embedding(text: "a cake")
        #expect(zip(alone, embeddings.texts[1]).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test("Normalised embeddings have the length 1 and the direction of the others")
    func normalized() async throws {
        let pool = try DemoPool.pool()
        var request = EmbeddingRequest(texts: ["crown"], images: [try Self.image()])
        let plain = try await pool.embeddings(request)
        request.normalize = true
        let normalized = try await pool.embeddings(request)
        #expect(normalized.normalized)
        let pairs = zip(plain.texts + plain.images, normalized.texts + normalized.images)
        for (plain, normalized) in pairs {
            #expect(abs(Self.length(normalized) - 1) < 1e-5)
            #expect(abs(Self.length(plain) - 1) > 1e-3)
            #expect(abs(Self.dot(plain, normalized) - Self.length(plain)) < 1e-3)
        }
    }

    @Test("Texts are taken apart, and one that is too long is said to be")
    func tokens() async throws {
        let pool = try DemoPool.pool()
        let long = [String](repeating: "a", count: pool.model.maxPromptTokens - 1).joined(separator: " ")
        let tokenization = try await pool.tokenize(["A  red circle!", "", long, String(long.dropLast(2))])
        #expect(tokenization.limit == 32 && tokenization.texts.count == 4)
        let first = tokenization.texts[0]
        #expect(first.tokens == ["<|startoftext|>", "a</w>", "red</w>", "circle</w>", "!</w>", "<|endoftext|>"])
        #expect(first.ids == pool.model.processor.tokenizer.encode("A  red circle!"))
        #expect(first.count == 6 && !first.tooLong)
        #expect(tokenization.texts[1].tokens == ["<|startoftext|>", "<|endoftext|>"])
        #expect(tokenization.texts[2].tooLong && tokenization.texts[2].count == 33)
        #expect(!tokenization.texts[3].tooLong && tokenization.texts[3].count == 32)
        #expect(throws: InputError.self) { try pool.model.inputIDs(long, parameter: "text") }
    }

    private typealias Work = @Sendable (ModelPool) async throws -> Void

    private static let refusals: [(code: String, parameter: String, work: Work)] = [
        ("missing_parameter", "label", { _ = try await $0.classify(ClassificationRequest(image: [], labels: [])) }),
        ("empty_prompt", "label", { _ = try await $0.classify(request("crown", " ")) }),
        (
            "too_many_prompts", "label",
            {
                _ = try await $0.classify(
                    ClassificationRequest(image: image(), labels: [String](repeating: "x", count: 65)))
            }
        ),
        ("empty_image", "image", { _ = try await $0.classify(ClassificationRequest(image: [], labels: ["x"])) }),
        ("missing_parameter", "text", { _ = try await $0.embeddings(EmbeddingRequest()) }),
        ("empty_prompt", "text", { _ = try await $0.embeddings(EmbeddingRequest(texts: ["x", ""])) }),
        (
            "too_many_prompts", "text",
            { _ = try await $0.embeddings(EmbeddingRequest(texts: [String](repeating: "x", count: 65))) }
        ),
        (
            "too_many_images", "image",
            { _ = try await $0.embeddings(EmbeddingRequest(images: [[UInt8]](repeating: image(), count: 17))) }
        ),
        (
            "corrupt_image", "image",
            { _ = try await $0.embeddings(EmbeddingRequest(images: [image(), Array(image().dropLast(999))])) }
        ),
        (
            "prompt_too_long", "text",
            { _ = try await $0.embeddings(EmbeddingRequest(texts: [String(repeating: "x ", count: 99)])) }
        ),
        ("missing_parameter", "text", { _ = try await $0.tokenize([]) }),
        ("too_many_prompts", "text", { _ = try await $0.tokenize([String](repeating: "x", count: 65)) }),
        (
            "text_too_long", "text",
            { _ = try await $0.tokenize([String](repeating: String(repeating: "x", count: 1025), count: 64)) }
        ),
        ("text_too_long", "text", { _ = try await $0.tokenize([String(repeating: "x", count: 65_537)]) }),
    ]

    @Test("What can't be done is refused by name", arguments: 0..<refusals.count)
    func refused(number: Int) async throws {
        let refusal = Self.refusals[number]
        let error = try await #require(throws: InputError.self) { try await refusal.work(DemoPool.pool()) }
        #expect(error.code == refusal.code && error.parameter == refusal.parameter, "\(error)")
    }

    private static let works: [@Sendable (ModelPool, ContinuousClock.Instant) async throws -> Void] = [
        { pool, deadline in
            var request = try request("crown")
            request.deadline = deadline
            _ = try await pool.classify(request)
        },
        { pool, deadline in
            var request = EmbeddingRequest(texts: ["crown"])
            request.deadline = deadline
            _ = try await pool.embeddings(request)
        },
        { pool, deadline in _ = try await pool.tokenize(["crown"], deadline: deadline) },
        { pool, deadline in
            var request = SegmentationRequest(image: try image(), prompts: [.text("crown")])
            request.deadline = deadline
            _ = try await pool.labelMasks(request, disjoint: false)
        },
    ]

    @Test("A request whose deadline has passed is refused, and one that is cancelled ends", arguments: 0..<works.count)
    func late(number: Int) async throws {
        let work = Self.works[number]
        let pool = try DemoPool.pool()
        await #expect(throws: Refusal.deadlinePassed) { try await work(pool, .now - .milliseconds(1)) }
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            try await work(pool, .now + .seconds(3600))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
