import CLIPSeg
import Dispatch
public import Imaging

/// One model, shared by everybody who asks, on a fixed number of workers.
///
/// Images are decoded and encoded on workers of their own, so that they don't hold up the model's.
public final class ModelPool: Sendable {
    /// The model.
    public let model: LoadedModel
    /// The most pixels that an image may have.
    public var maxPixels: Int { images.limits.maxPixels }
    /// The number of requests, or batches of them, that compute at the same time.
    public var workers: Int { modelWorkers.workers }

    let images: ImagePreparation
    let prompts: PromptEncoder
    private let imageEncodings: ImageEncodingCache
    private let admission: Admission
    /// For what requests keep between workers.
    let keptMemory: MemoryBudget
    let imageWorkers: WorkPool<ClosureJob>
    private let bodyWorkers: WorkPool<ClosureJob>
    private let modelWorkers: WorkPool<ModelJob>

    /// Creates a pool.
    ///
    /// - Parameters:
    ///   - model: What all workers share.
    ///   - workers: How many requests, or batches of them, compute at the same time, each with as many threads as the model
    ///     was loaded for.
    ///   - maxQueue: How many requests may wait beside as many as there are workers.
    ///   - imageLimits: How large images may be.
    ///   - imageCacheBytes: What the encodings of images asked about lately may take; with 0 none is kept.
    ///   - textCacheBytes: The same for the features of texts.
    ///   - decodeMemoryBytes: What decoding images and drawing masks may take at a time. An image that takes more, or one
    ///     prompt's answer of its size, is done alone; a larger answer that would is refused. As much again may be pixel
    ///     values and logits of requests that wait for workers; further requests wait for memory.
    public init(
        _ model: LoadedModel, workers: Int = 1, maxQueue: Int = 64, imageLimits: ImageLimits = ImageLimits(),
        imageCacheBytes: Int = defaultImageCacheBytes, textCacheBytes: Int = 4 << 20,
        decodeMemoryBytes: Int = defaultDecodeMemoryBytes
    ) {
        self.model = model
        images = ImagePreparation(model: model, limits: imageLimits)
        prompts = PromptEncoder(model: model, knownTexts: TextFeatureCache(bytes: textCacheBytes))
        imageEncodings = ImageEncodingCache(bytes: imageCacheBytes)
        admission = Admission(limit: workers + maxQueue)
        keptMemory = MemoryBudget(limit: decodeMemoryBytes)
        // On Linux a class has threads of its own, and means nothing else; the default one has Swift's. It begins with as many
        // as there are cores, and gets more while work waits and some of them are blocked: only pools that ask for no more
        // do the same at a time after an hour as after a minute.
        let parallel = min(workers * model.threads, availableCores())
        bodyWorkers = WorkPool(label: "clipseg.bodies", workers: parallel, qos: .background)
        imageWorkers = WorkPool(
            label: "clipseg.images", workers: parallel, memoryBytes: decodeMemoryBytes, qos: .utility)
        // No batch takes more memory than the largest request.
        modelWorkers = WorkPool(
            label: "clipseg.model", workers: workers, maxBatchSize: SegmentationRequest.maxPrompts,
            qos: .userInitiated, occupying: model.cores)
    }

    /// Room for about 90 images at the published models' 352 pixels.
    public static let defaultImageCacheBytes = 32 << 20

    /// Room for three photographs of 24 megapixels to be decoded at a time.
    public static let defaultDecodeMemoryBytes = 512 << 20

    /// How well the cache of images does.
    public var imageCache: CacheStatistics { imageEncodings.statistics }
    /// How well the cache of texts does.
    public var textCache: CacheStatistics { prompts.knownTexts.statistics }
    /// How many requests wait, and for what.
    public var queue: QueueStatistics {
        QueueStatistics(
            admitted: admission.admitted, limit: admission.limit, waitingForModel: modelWorkers.queueDepth,
            waitingForImages: keptMemory.queueDepth + imageWorkers.queueDepth, decodeMemory: imageWorkers.bytesInUse,
            decodeMemoryLimit: imageWorkers.memoryBytes)
    }
    /// How long it takes to answer the requests that are there, in seconds, at least 1.
    public var retryAfterSeconds: Int { admission.retryAfterSeconds }

    /// Computes once, on every worker at the same time, what first requests would otherwise wait for: kernels are compiled,
    /// memory is allocated.
    ///
    /// - Throws: `BackendError`.
    public func warmUp() async throws {
        let side = model.model.config.visionConfig.imageSize
        let grey = RGBImage(width: side, height: side, pixels: [UInt8](repeating: 128, count: side * side * 3))
        let pixels = try model.processor.pixelValues([grey])
        let inputIDs = try [model.inputIDs("a photo of something", parameter: "prompt")]
        let begun = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for _ in 0..<workers {
                // Not through the caches, which would keep what nobody asks for.
                group.addTask { [self] in
                    try await compute { [model] in _ = try model.model(pixels, inputIDs: inputIDs).logits }
                }
            }
            try await group.waitForAll()
        }
        admission.expect(secondsPerRequest: begun.duration(to: .now).seconds / Double(workers))
    }

    /// Reads a request and answers it, as one of those that may be at work or waiting: what `answer` then asks of this pool
    /// first takes no place of its own.
    ///
    /// - Throws: `Refusal` if there are as many as there may be; what `answer` throws.
    public func admitting<Answer: Sendable>(_ answer: () async throws -> Answer) async throws -> Answer {
        let place = try Place(in: admission)
        defer { place.leaveUnlessTaken() }
        return try await Place.$current.withValue(place, operation: answer)
    }

    /// Takes a request's body apart, which may take long, where it holds up nothing else: clocks and whatever waits run on
    /// Swift's threads, of which there are as many as cores.
    ///
    /// - Throws: what `read` throws; `CancellationError` if the task is cancelled before it begins.
    public func reading<Form: Sendable>(_ read: @escaping @Sendable () throws -> Form) async throws -> Form {
        try await bodyWorkers.run(read)
    }

    /// Segments an image: bytes in, bytes out.
    ///
    /// - Throws: `InputError` if the request can't be met, `Refusal`, `CancellationError`, `BackendError`.
    public func segment(_ request: SegmentationRequest) async throws -> SegmentationResult {
        try request.validate()
        let preparation = RequestPreparation(images: images, request: request)
        return try await answering(by: request.deadline, keeping: preparation.keptBytes()) {
            [self] abandonment, timings in
            let prepared = try await prepare(preparation, after: timings, unless: abandonment)
            let limit = imageWorkers.memoryBytes
            let rendering = try AnswerRendering(request, prepared, images)
            let (bytes, timings) = try await answer(
                prepared, bytes: rendering.bytes(limit: limit), unless: abandonment
            ) { answers, timings in try rendering(answers, &timings, unless: abandonment) }
            return SegmentationResult(
                bytes: bytes, contentType: request.contentType, prompts: prepared.answers.count, timings: timings)
        }
    }

    /// Segments an image and lets the caller draw the answer, on a worker for images.
    ///
    /// - Parameters:
    ///   - request: Its output kind and threshold are the caller's business.
    ///   - bytes: What drawing takes in memory; it may refuse what would be too much, before the model computes.
    ///   - render: Draws the answer.
    /// - Throws: as the other `segment`, and what `bytes` and `render` throw.
    public func segment<Answer: Sendable>(
        _ request: SegmentationRequest, bytes: @escaping @Sendable (PlaneShape) throws -> Int,
        render: @escaping @Sendable (PromptPlanes, inout StageTimings) throws -> Answer
    ) async throws -> (answer: Answer, timings: StageTimings) {
        try request.validate()
        let preparation = RequestPreparation(images: images, request: request)
        return try await answering(by: request.deadline, keeping: preparation.keptBytes()) {
            [self] abandonment, timings in
            let prepared = try await prepare(preparation, after: timings, unless: abandonment)
            let size = prepared.size
            let shape = PlaneShape(prompts: prepared.answers.count, height: size.height, width: size.width)
            return try await answer(prepared, bytes: bytes(shape), unless: abandonment) { answers, timings in
                let logits = AnswerLogits(answers, prepared.views, prepared.answers)
                return try render(PromptPlanes(logits, size: size, unless: abandonment), &timings)
            }
        }
    }

    private func prepare(
        _ preparation: RequestPreparation, after timings: StageTimings, unless abandonment: Abandonment
    ) async throws -> PreparedRequest {
        let queued = ContinuousClock.now
        return try await imageWorkers.run(bytes: preparation.bytes()) {
            var timings = timings
            timings.waited(since: queued)
            return try preparation(after: timings, unless: abandonment)
        }
    }

    private func answer<Answer: Sendable>(
        _ prepared: PreparedRequest, bytes: Int, unless abandonment: Abandonment,
        render: @escaping @Sendable ([Logits], inout StageTimings) throws -> Answer
    ) async throws -> (answer: Answer, timings: StageTimings) {
        let (answers, computing) = try await compute(prepared, unless: abandonment)
        let queued = ContinuousClock.now
        return try await imageWorkers.run(bytes: bytes) {
            try abandonment.check()
            var timings = prepared.timings.followed(by: computing)
            timings.waited(since: queued)
            return (try render(answers, &timings), timings)
        }
    }

    /// What the model says about each view of an image. The next view waits in line again, behind what others ask.
    private func compute(
        _ prepared: PreparedRequest, unless abandonment: Abandonment
    ) async throws -> (answers: [Logits], timings: StageTimings) {
        var answers: [Logits] = []
        var timings = StageTimings()
        for view in prepared.views.views {
            let computed = try await modelWorkers.submit { caller in
                .segmentation(
                    SegmentationJob(
                        model: model, prompts: prompts, imageEncodings: imageEncodings,
                        question: ModelQuestion(view: view, prompts: prepared.prompts),
                        abandonment: abandonment, answer: { caller.resume(with: $0) }))
            }
            answers.append(computed.logits)
            timings = timings.followed(by: computed.timings)
        }
        return (answers, timings)
    }

    // MARK: -

    /// Does `work` unless there are as many requests as there may be, and tells it when nobody waits any more.
    ///
    /// - Parameters:
    ///   - bytes: What the request keeps in memory between workers.
    ///   - work: Is told how long it has waited for that memory.
    /// - Throws: `Refusal`; `CancellationError`; what `work` throws.
    func answering<Answer: Sendable>(
        by deadline: ContinuousClock.Instant?, keeping bytes: Int = 0,
        _ work: @escaping @Sendable (Abandonment, StageTimings) async throws -> Answer
    ) async throws -> Answer {
        let place = try Place.take(in: admission)
        return try await answerInTime(deadline) { [keptMemory] abandonment in
            var isAnswered = false
            // Only now: work that nobody waits for keeps its place until it has come to its end.
            defer { place.leave(answered: isAnswered) }
            let queued = ContinuousClock.now
            let answer = try await keptMemory.keeping(bytes) {
                var timings = StageTimings()
                timings.waited(since: queued)
                return try await work(abandonment, timings)
            }
            isAnswered = true
            return answer
        }
    }

    /// Does `work` on a worker that computes.
    func compute<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await modelWorkers.submit { .other(ClosureJob(work, for: $0)) }
    }
}
