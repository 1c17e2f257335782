import CLIPSeg
import Imaging
import Synchronization
import Testing

@testable import Segmentation

/// Requests about the same image at the same time.
@Suite(.timeLimit(.minutes(5))) struct SharedEncodingTests {
    @Test("Requests waiting for the same image share one encoding, and each gets its own mask", arguments: [1, 2])
    func shared(workers: Int) async throws {
        let pool = ModelPool(try DemoPool.pool().model, workers: workers, imageCacheBytes: 0)
        let scene = try #require(Scene.all.max { $0.prompts.count < $1.prompts.count })
        let image = try scene.image()
        let texts = scene.prompts.map(\.text) + [scene.prompts[0].text]
        try #require(Set(texts).count >= 2)

        let gate = Gate()
        let blockers = (0..<workers).map { _ in Task { try await pool.compute { gate.pass() } } }
        let requests = texts.map { text in
            Task { try await pool.segment(SegmentationRequest(image: image, prompts: [.text(text)])) }
        }
        try await eventually { pool.queue.waitingForModel == texts.count }
        gate.open()
        for blocker in blockers { try await blocker.value }

        for (text, request) in zip(texts, requests) {
            let mask = try await GreyImage(decoding: request.value.bytes)
            let alone = try await DemoPool.mask(image, [.text(text)])
            // A batch may be added up in another order than a single prompt.
            #expect(zip(mask.values, alone.values).count { $0 != $1 } <= alone.values.count / 10_000, "\(text)")
        }
        #expect((pool.imageCache.hits, pool.imageCache.misses) == (texts.count - 1, 1))
    }

    @Test("A batch goes on for those who still wait when others have left, and stops when nobody does")
    func abandoned() throws {
        let batch = try Batch(texts: ["crown", "a cake", "drum"])
        let results = try batch.answers(abandoned: [0, 2])
        let alone = try Batch(texts: ["a cake"]).answers(abandoned: [])
        #expect(throws: CancellationError.self) { try results[0].get() }
        #expect(try results[1].get().logits == alone[0].get().logits)
        #expect(throws: CancellationError.self) { try results[2].get() }
        #expect(batch.knownTexts.statistics.misses == 1)

        let unwanted = try Batch(texts: ["crown"])
        #expect(throws: CancellationError.self) { try unwanted.answers(abandoned: [0])[0].get() }
        #expect(unwanted.knownTexts.statistics.misses == 0)
    }

    @Test("Between batches of texts it is asked whether anybody waits")
    func abandonedTexts() throws {
        let encoder = PromptEncoder(model: try DemoPool.pool().model, knownTexts: TextFeatureCache(bytes: 1 << 20))
        let texts = (0..<40).map { [0, $0 + 1] }
        var looks = 0
        #expect(throws: CancellationError.self) {
            try encoder.conditionalEmbeddings([.texts(texts)]) {
                looks += 1
                if looks == 2 { throw CancellationError() }
            }
        }
        #expect(looks == 2)
    }

    @Test("A job is as large as it has prompts, or texts where templates make more of these")
    func templates() throws {
        let model = try DemoPool.pool().model
        let pixels = PixelValues(images: 1, height: 1, width: 1, values: [0, 0, 0])
        let view = ImageViews.View(pixels: pixels, digest: PixelDigest(pixels))
        for (prompts, templates, size) in [(1, 1, 1), (3, 1, 3), (3, 8, 24)] {
            let texts = PreparedRequest.Prompt.texts([[Int]](repeating: [0], count: templates))
            let job = SegmentationJob(
                model: model, prompts: PromptEncoder(model: model, knownTexts: TextFeatureCache(bytes: 0)),
                imageEncodings: ImageEncodingCache(bytes: 0),
                question: ModelQuestion(view: view, prompts: .init(repeating: texts, count: prompts)),
                abandonment: Abandonment(), answer: { _ in })
            #expect(job.size == size)
        }
    }

    @Test("Who came before the image was encoded waited for a worker, who came during that for the encoding")
    func timings() throws {
        let batch = try Batch(texts: ["crown", "a cake"])
        let stages = try batch.answers(abandoned: []).map { try $0.get().timings.stages }
        for stages in stages { #expect(stages.map(\.name) == ["queue", "encode", "text", "decode_mask"]) }
        // Both were queued before it began.
        #expect(stages[0][0].duration > stages[1][0].duration)
        #expect(stages[0][1...].map(\.duration) == stages[1][1...].map(\.duration))
    }

    @Test("A batch holds each prompt once, and knows whose is which")
    func promptBatch() throws {
        func request(_ prompts: [PreparedRequest.Prompt]) -> ModelQuestion {
            let pixels = PixelValues(images: 1, height: 1, width: 1, values: [0, 0, 0])
            return ModelQuestion(
                view: ImageViews.View(pixels: pixels, digest: PixelDigest(pixels)), prompts: prompts)
        }
        func image(_ value: Float) -> PreparedRequest.Prompt {
            let pixels = PixelValues(images: 1, height: 1, width: 1, values: [value, 0, 0])
            return .image(pixels, PixelDigest(pixels))
        }
        let one = request([.texts([[1, 2]]), .embedding([0.5]), image(1)])
        let two = request([image(2), .texts([[1, 2]])])
        let three = request([.texts([[1, 2]]), .texts([[1, 2]])])
        let batch = PromptBatch([one, two, three])
        #expect(batch.prompts == [.texts([[1, 2]]), .embedding([0.5]), image(1), image(2)])

        let logits = Logits(prompts: 4, height: 1, width: 2, values: [0, 1, 10, 11, 20, 21, 30, 31])
        #expect(batch.logits(of: one, in: logits)?.values == [0, 1, 10, 11, 20, 21])
        #expect(batch.logits(of: two, in: logits)?.values == [30, 31, 0, 1])
        #expect(batch.logits(of: three, in: logits)?.values == [0, 1, 0, 1])
        #expect(batch.logits(of: request([.texts([[3]])]), in: logits) == nil)
    }
}

/// Requests with one text each about the same image, that are done together.
private struct Batch {
    let knownTexts = TextFeatureCache(bytes: 1 << 20)
    private let pool: ModelPool
    private let questions: [ModelQuestion]

    init(texts: [String]) throws {
        pool = try DemoPool.pool()
        let images = pool.images
        let image = try #require(Scene.all.first).image()
        questions = try texts.map { text in
            let request = SegmentationRequest(image: image, prompts: [.text(text)])
            let prepared = try RequestPreparation(images: images, request: request)(unless: Abandonment())
            return ModelQuestion(view: prepared.views.views[0], prompts: prepared.prompts)
        }
    }

    /// What each request is answered with if the callers of some leave after the image was encoded.
    func answers(abandoned: Set<Int>) throws -> [Result<SegmentationJob.Output, any Error>] {
        let answers = Mutex<[Int: Result<SegmentationJob.Output, any Error>]>([:])
        let jobs = questions.enumerated().map { number, question in
            SegmentationJob(
                model: pool.model, prompts: PromptEncoder(model: pool.model, knownTexts: knownTexts),
                imageEncodings: ImageEncodingCache(bytes: 0), question: question, abandonment: Abandonment(),
                answer: { answer in answers.withLock { $0[number] = answer } })
        }
        let common = try jobs[0].begin()
        for number in abandoned { jobs[number].abandonment.happened() }
        SegmentationJob.finish(jobs, with: common)()
        return answers.withLock { answers in jobs.indices.compactMap { answers[$0] } }
    }
}
