import CLIPSeg
import Compute
public import Imaging

/// One model, shared by everybody who asks, on a fixed number of workers.
///
/// Images are decoded and encoded on workers of their own, so that they don't hold up the model's.
public final class ModelPool: Sendable {
    /// The model.
    public let model: LoadedModel
    /// What images may be.
    public let imageLimits: ImageLimits
    /// The most pixels that an image may have.
    public var maxPixels: Int { imageLimits.maxPixels }
    /// The workers that compute.
    public let modelWorkers: WorkPool
    /// The workers that decode and encode images.
    public let imageWorkers: WorkPool

    private let imageEncodings: ImageEncodingCache
    private let knownTexts: TextFeatureCache

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
        self.imageLimits = imageLimits
        imageEncodings = ImageEncodingCache(bytes: imageCacheBytes)
        knownTexts = TextFeatureCache(bytes: textCacheBytes)
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
    public var textCache: CacheStatistics { knownTexts.statistics }

    /// Computes once what a first request would otherwise wait for: kernels are compiled, memory is allocated.
    ///
    /// - Throws: `BackendError`.
    public func warmUp() async throws {
        let side = model.model.config.visionConfig.imageSize
        let grey = RGBImage(width: side, height: side, pixels: [UInt8](repeating: 128, count: side * side * 3))
        let pixels = try model.processor.pixelValues([grey])
        let inputIDs = try inputIDs(["a photo of something"], parameter: "prompt")
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
        let prepared = try await imageWorkers.run(
            deadline: request.deadline, bytes: decodingBytes(of: request)
        ) { [self] in try prepare(request, unless: abandonment) }
        var timings = prepared.timings
        let computed = try await compute(prepared, deadline: request.deadline, unless: abandonment)
        timings.add(computed.timings)
        let rendered = try await imageWorkers.run(
            mayRefuse: false, bytes: MaskRendering.bytes(width: prepared.size.width, height: prepared.size.height)
        ) { [timings] in
            var timings = timings
            let bytes = try Self.render(computed.logits, for: prepared, request, unless: abandonment, &timings)
            return (bytes: bytes, timings: timings)
        }
        return SegmentationResult(
            bytes: rendered.bytes, contentType: request.output.contentType, prompts: prepared.prompts.count,
            timings: rendered.timings)
    }

    // MARK: -

    /// A prompt that only needs the model.
    private enum PreparedPrompt: Sendable {
        case text(String)
        case image(PixelValues)
        case embedding([Float])
    }

    private struct PreparedRequest: Sendable {
        let size: ImageSize
        let pixels: PixelValues
        let digest: PixelDigest
        let prompts: [PreparedPrompt]
        let timings: StageTimings
    }

    /// The most that decoding one of the images takes; they are decoded one after the other.
    private func decodingBytes(of request: SegmentationRequest) throws(InputError) -> Int {
        var most = try decodingBytes(of: request.image, "image")
        for case .image(let bytes) in request.prompts {
            most = max(most, try decodingBytes(of: bytes, "prompt_image"))
        }
        return most
    }

    func decodingBytes(of file: [UInt8], _ parameter: String) throws(InputError) -> Int {
        do throws(ImageError) {
            return try ImageHeader(reading: file, limits: imageLimits).decodingBytes
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    private func prepare(_ request: SegmentationRequest, unless abandonment: Abandonment) throws -> PreparedRequest {
        var timings = StageTimings()
        let decoded = try timings.measure("decode") { try decode(request.image, "image", request.decoding) }
        try abandonment.check()
        let pixels = try timings.measure("preprocess") { try pixelValues(decoded.image, "image") }
        let digest = timings.measure("preprocess") { PixelDigest(pixels) }
        let prompts = try request.prompts.map { prompt -> PreparedPrompt in
            switch prompt {
            case .text(let text): return .text(text)
            case .embedding(let values): return .embedding(try checked(values))
            case .image(let bytes):
                try abandonment.check()
                let decoded = try timings.measure("decode") { try decode(bytes, "prompt_image", request.decoding) }
                return .image(try timings.measure("preprocess") { try pixelValues(decoded.image, "prompt_image") })
            }
        }
        return PreparedRequest(
            size: decoded.originalSize, pixels: pixels, digest: digest, prompts: prompts, timings: timings)
    }

    func decode(_ bytes: [UInt8], _ parameter: String) throws(InputError) -> RGBImage {
        do throws(ImageError) {
            return try RGBImage(decoding: bytes, limits: imageLimits)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// For the model's eyes only: where `kind` allows it, with fewer pixels than the file has.
    private func decode(
        _ bytes: [UInt8], _ parameter: String, _ kind: DecodingKind
    ) throws(InputError) -> (image: RGBImage, originalSize: ImageSize) {
        guard kind == .fast, model.processor.imageProcessor.resizes else {
            let image = try decode(bytes, parameter)
            return (image, ImageSize(width: image.width, height: image.height))
        }
        let leastSize = ImageSize(width: 2 * model.inputWidth, height: 2 * model.inputHeight)
        do throws(ImageError) {
            let reduced = try ReducedImage(decoding: bytes, leastSize: leastSize, limits: imageLimits)
            return (reduced.image, reduced.originalSize)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    func pixelValues(_ image: RGBImage, _ parameter: String) throws(InputError) -> PixelValues {
        let limit = model.model.config.visionConfig.patchSize
        do throws(ModelError) {
            let pixels = try model.processor.pixelValues([image])
            guard min(pixels.width, pixels.height) >= limit else {
                throw .imageTooSmall(width: pixels.width, height: pixels.height, patchSize: limit)
            }
            return pixels
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    private func checked(_ embedding: [Float]) throws(InputError) -> [Float] {
        let expected = model.model.config.projectionDim
        guard embedding.count == expected, embedding.allSatisfy(\.isFinite) else {
            throw InputError(
                .unprocessable, code: "invalid_embedding", parameter: "embedding",
                "The embedding should be \(expected) finite numbers for this model; it has \(embedding.count).")
        }
        return embedding
    }

    private func compute(
        _ request: PreparedRequest, deadline: ContinuousClock.Instant?, unless abandonment: Abandonment
    ) async throws -> (logits: Logits, timings: StageTimings) {
        let queued = ContinuousClock.now
        return try await modelWorkers.run(deadline: deadline) { [self] in
            var timings = StageTimings()
            timings.add("queue", queued.duration(to: .now))
            let embeddings = try timings.measure("prompts") { try conditionalEmbeddings(request.prompts) }
            try abandonment.check()
            let encoding = try timings.measure("encode") {
                try imageEncodings.encoding(for: request.digest) { try model.model.encode(request.pixels) }
            }
            try abandonment.check()
            let logits = try timings.measure("decode_mask") {
                try model.model.decode(encoding, conditionalEmbeddings: embeddings)
            }
            return (logits, timings)
        }
    }

    /// `[prompts, projectionDim]`; the texts go through the encoder as one batch.
    private func conditionalEmbeddings(_ prompts: [PreparedPrompt]) throws -> Matrix {
        let texts = prompts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        var textFeatures = texts.isEmpty ? [] : try self.textFeatures(texts, parameter: "prompt").rowMatrices[...]
        return .concatenating(
            try prompts.map { prompt in
                switch prompt {
                case .image(let pixels): try model.model.clip.imageFeatures(pixels)
                case .embedding(let values): Matrix(rows: 1, columns: values.count, values)
                case .text: textFeatures.removeFirst()
                }
            })
    }

    func textFeatures(_ texts: [String], parameter: String) throws -> Matrix {
        try knownTexts.features(of: inputIDs(texts, parameter: parameter)) { inputIDs in
            try model.model.clip.textFeatures(inputIDs)
        }
    }

    func inputIDs(_ texts: [String], parameter: String) throws -> [[Int]] {
        do {
            return try model.processor.inputIDs(
                texts, maxLength: model.model.config.textConfig.maxPositionEmbeddings)
        } catch let error as TokenizerError {
            throw InputError(error, parameter: parameter)
        }
    }

    private static func render(
        _ logits: Logits, for prepared: PreparedRequest, _ request: SegmentationRequest,
        unless abandonment: Abandonment, _ timings: inout StageTimings
    ) throws -> [UInt8] {
        try abandonment.check()
        guard request.output != .logits else {
            return NumPyFile.encode(logits.values, shape: [logits.prompts, logits.height, logits.width])
        }
        let (width, height) = (prepared.size.width, prepared.size.height)
        let rendering = MaskRendering(logits, width: width, height: height)
        guard request.output == .mask else {
            let pixels = timings.measure("postprocess") { rendering.probability().pixels() }
            return try timings.measure("encode_png") {
                try PNGEncoder.encode(greyscale: pixels, width: width, height: height)
            }
        }
        var rows = rendering.mask(threshold: request.threshold)
        var postprocessing = Duration.zero
        let start = ContinuousClock.now
        let file = try PNGEncoder.encodeMask(width: width, height: height) { number, bytes in
            let start = ContinuousClock.now
            rows.write(number, into: bytes)
            postprocessing += start.duration(to: .now)
        }
        timings.add("postprocess", postprocessing)
        timings.add("encode_png", start.duration(to: .now) - postprocessing)
        return file
    }
}
