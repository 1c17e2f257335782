import CLIPSeg
import Compute
public import Imaging

/// One model, shared by everybody who asks, on a fixed number of workers.
///
/// Images are decoded and encoded on workers of their own, so that they don't hold up the model's.
public final class ModelPool: Sendable {
    /// The model.
    public let model: LoadedModel
    /// The most pixels that an image may have.
    public var maxPixels: Int { images.limits.maxPixels }
    /// The workers that compute.
    public let modelWorkers: WorkPool
    /// The workers that decode and encode images.
    public let imageWorkers: WorkPool

    let images: ImagePreparation
    let prompts: PromptEncoder
    private let imageEncodings: ImageEncodingCache

    /// Creates a pool of `workers`, each of which computes with as many threads as the model was loaded for.
    ///
    /// - Parameters:
    ///   - imageCacheBytes: What the encodings of images asked about lately may take; with 0 none is kept.
    ///   - textCacheBytes: The same for the features of texts.
    ///   - decodeMemoryBytes: What decoding images and drawing masks may take at a time. What takes more is done alone.
    public init(
        _ model: LoadedModel, workers: Int = 1, maxQueue: Int = 64, imageLimits: ImageLimits = ImageLimits(),
        imageCacheBytes: Int = defaultImageCacheBytes, textCacheBytes: Int = 4 << 20,
        decodeMemoryBytes: Int = defaultDecodeMemoryBytes
    ) {
        self.model = model
        images = ImagePreparation(model: model, limits: imageLimits)
        prompts = PromptEncoder(model: model, knownTexts: TextFeatureCache(bytes: textCacheBytes))
        imageEncodings = ImageEncodingCache(bytes: imageCacheBytes)
        modelWorkers = WorkPool(label: "clipseg.model", workers: workers, maxQueue: maxQueue)
        imageWorkers = WorkPool(
            label: "clipseg.images", workers: max(1, workers * model.threads), maxQueue: maxQueue,
            memoryBytes: decodeMemoryBytes)
    }

    /// Room for about 90 images at the published models' 352 pixels.
    public static let defaultImageCacheBytes = 32 << 20

    /// Room for three photographs of 24 megapixels to be decoded at a time.
    public static let defaultDecodeMemoryBytes = 512 << 20

    /// How well the cache of images does.
    public var imageCache: CacheStatistics { imageEncodings.statistics }
    /// How well the cache of texts does.
    public var textCache: CacheStatistics { prompts.knownTexts.statistics }

    /// Computes once what a first request would otherwise wait for: kernels are compiled, memory is allocated.
    ///
    /// - Throws: `BackendError`.
    public func warmUp() async throws {
        let side = model.model.config.visionConfig.imageSize
        let grey = RGBImage(width: side, height: side, pixels: [UInt8](repeating: 128, count: side * side * 3))
        let pixels = try model.processor.pixelValues([grey])
        let inputIDs = try [model.inputIDs("a photo of something", parameter: "prompt")]
        // Not through the caches, which would keep what nobody asks for.
        _ = try await modelWorkers.run { [model] in try model.model(pixels, inputIDs: inputIDs).logits }
    }

    /// Segments an image: bytes in, bytes out.
    ///
    /// - Throws: `InputError` if the request can't be met, `WorkPool.Refusal`, `CancellationError`, `BackendError`.
    public func segment(_ request: SegmentationRequest) async throws -> SegmentationResult {
        try request.validate()
        let abandonment = Abandonment()
        return try await withTaskCancellationHandler {
            try await segment(request, unless: abandonment)
        } onCancel: {
            abandonment.happened()
        }
    }

    private func segment(
        _ request: SegmentationRequest, unless abandonment: Abandonment
    ) async throws -> SegmentationResult {
        let preparation = RequestPreparation(images: images, request: request)
        let prepared = try await imageWorkers.run(deadline: request.deadline, bytes: preparation.bytes()) {
            try preparation(unless: abandonment)
        }
        var timings = prepared.timings
        var answers: [Logits] = []
        for view in prepared.views.views {
            let computed = try await compute(view, prepared.prompts, deadline: request.deadline, unless: abandonment)
            timings.add(computed.timings)
            answers.append(computed.logits)
        }
        let rendering = try AnswerRendering(request, prepared, answers[0], images)
        let bytes = try rendering.bytes(limit: imageWorkers.memoryBytes)
        let rendered = try await imageWorkers.run(mayRefuse: false, bytes: bytes) { [answers, timings] in
            try abandonment.check()
            var timings = timings
            let bytes = try rendering(answers, &timings, unless: abandonment)
            return (bytes: bytes, timings: timings)
        }
        return SegmentationResult(
            bytes: rendered.bytes, contentType: request.contentType, prompts: prepared.answers.count,
            timings: rendered.timings)
    }

    private func compute(
        _ view: ImageViews.View, _ asked: [PreparedRequest.Prompt], deadline: ContinuousClock.Instant?,
        unless abandonment: Abandonment
    ) async throws -> (logits: Logits, timings: StageTimings) {
        let queued = ContinuousClock.now
        return try await modelWorkers.run(deadline: deadline) { [self] in
            var timings = StageTimings()
            timings.add("queue", queued.duration(to: .now))
            let embeddings = try timings.measure("prompts") { try prompts.conditionalEmbeddings(asked) }
            try abandonment.check()
            let encoding = try timings.measure("encode") {
                try imageEncodings.encoding(for: view.digest) { try model.model.encode(view.pixels) }
            }
            try abandonment.check()
            let logits = try timings.measure("decode_mask") {
                try model.model.decode(encoding, conditionalEmbeddings: embeddings)
            }
            return (logits, timings)
        }
    }
}
