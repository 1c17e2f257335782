import CLIPSeg
import Compute

/// What classification and embedding have in common: texts and images into the space that both share.
struct FeatureExtraction: Sendable {
    /// An image, and which of several it is.
    private struct File {
        let number: Int?
        let bytes: [UInt8]
    }

    /// Texts and images as the model takes them.
    private struct Inputs: Sendable {
        let inputIDs: [[Int]]
        let pixels: [PixelValues]
        var timings: StageTimings
    }

    let pool: ModelPool
    let decoding: DecodingKind
    let deadline: ContinuousClock.Instant?

    /// What `use` makes of the features, `[texts, projectionDim]` and `[images, projectionDim]`, on a worker.
    ///
    /// - Parameter textParameter: What an error is to call a text.
    func callAsFunction<Use: Sendable>(
        texts: [String], _ textParameter: String, images files: [[UInt8]],
        use: @escaping @Sendable (CLIPSegModel, _ texts: Matrix, _ images: Matrix) -> Use
    ) async throws -> (use: Use, timings: StageTimings) {
        let files = files.enumerated().map { File(number: files.count > 1 ? $0 + 1 : nil, bytes: $1) }
        return try await pool.answering(by: deadline, keeping: keptBytes(files)) { abandonment, timings in
            let inputs = try await prepare(texts, textParameter, files, after: timings, unless: abandonment)
            let queued = ContinuousClock.now
            return try await pool.compute { [prompts = pool.prompts, model = pool.model] in
                try abandonment.check()
                var timings = inputs.timings
                timings.waited(since: queued)
                let clip = model.model.clip
                let textFeatures = try timings.measure("text") {
                    try prompts.textFeatures(inputs.inputIDs, check: abandonment.check)
                }
                let imageFeatures = try inputs.pixels.map { pixels in
                    try abandonment.check()
                    return try timings.measure("encode") { try clip.imageFeatures(pixels) }
                }
                return (use(clip, textFeatures, .concatenating(imageFeatures)), timings)
            }
        }
    }

    /// What is kept in memory until the model has seen it.
    private func keptBytes(_ files: [File]) throws -> Int {
        try files.reduce(0) { bytes, file in
            let pixels = try InputError.telling(file.number) { try pool.images.plainPixels(of: file.bytes, "image") }
            return bytes + 3 * pixels * MemoryLayout<Float>.stride
        }
    }

    /// Images are decoded one after the other, so the largest says what that takes in memory.
    private func prepare(
        _ texts: [String], _ textParameter: String, _ files: [File], after timings: StageTimings,
        unless abandonment: Abandonment
    ) async throws -> Inputs {
        let bytes =
            try files.map { file in
                try InputError.telling(file.number) {
                    try pool.images.decodingBytes(
                        of: file.bytes, "image", decoding, leastSize: pool.images.plainLeastSize)
                }
            }.max() ?? 0
        let queued = ContinuousClock.now
        return try await pool.imageWorkers.run(bytes: bytes) {
            [images = pool.images, model = pool.model, decoding] in
            var timings = timings
            timings.waited(since: queued)
            let inputIDs = try texts.map { text in try model.inputIDs(text, parameter: textParameter) }
            let pixels = try files.map { file in
                try abandonment.check()
                return try InputError.telling(file.number) {
                    let image = try timings.measure("decode") {
                        try images.decode(file.bytes, "image", decoding, leastSize: images.plainLeastSize).image
                    }
                    return try timings.measure("preprocess") { try images.pixelValues(image, "image") }
                }
            }
            return Inputs(inputIDs: inputIDs, pixels: pixels, timings: timings)
        }
    }
}
