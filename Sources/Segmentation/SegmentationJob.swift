import CLIPSeg
import Compute

/// From what the model is asked about a view of an image to its logits.
///
/// Requests about the same image share its encoding, and the prompts of those that come while it is made are decoded as one
/// batch.
struct SegmentationJob: Job {
    /// What the caller gets.
    struct Output: Sendable {
        let logits: Logits
        let timings: StageTimings
    }

    /// What the requests share.
    struct Common {
        let encoding: ImageEncoding
        let began: ContinuousClock.Instant
        let ended: ContinuousClock.Instant
    }

    let model: LoadedModel
    let prompts: PromptEncoder
    let imageEncodings: ImageEncodingCache
    let question: ModelQuestion
    let abandonment: Abandonment
    /// Called once, with the logits or the reason why there are none.
    let answer: @Sendable (Result<Output, any Error>) -> Void
    let queued = ContinuousClock.now

    var group: PixelDigest? { question.view.digest }
    /// In prompts about as many pixels as the model's own input has, of a text each.
    var size: Int {
        let usual = model.inputWidth * model.inputHeight
        let pixels = question.view.pixels.width * question.view.pixels.height
        let decoded = (question.prompts.count * max(pixels, usual) + usual - 1) / usual
        return max(decoded, question.prompts.reduce(0) { $0 + $1.texts.count })
    }

    func begin() throws -> Common {
        let began = ContinuousClock.now
        try abandonment.check()
        let encoding = try imageEncodings.encoding(for: question.view.digest) {
            try model.model.encode(question.view.pixels)
        }
        return Common(encoding: encoding, began: began, ended: .now)
    }

    static func finish(_ jobs: [SegmentationJob], with common: Common) -> @Sendable () -> Void {
        let first = jobs[0]
        first.imageEncodings.shared(by: jobs.count - 1)
        var timings = StageTimings()
        let decoded = Result { try first.decode(jobs, common.encoding, &timings) }
        let results = jobs.map { job in
            decoded.flatMap { batch, logits -> Result<Output, any Error> in
                guard let logits = batch.logits(of: job.question, in: logits) else {
                    return .failure(CancellationError())
                }
                return .success(Output(logits: logits, timings: job.timings(common).followed(by: timings)))
            }
        }
        return { for (job, result) in zip(jobs, results) { job.answer(result) } }
    }

    func refuse(_ reason: any Error) {
        answer(.failure(reason))
    }

    // MARK: -

    /// Decodes the prompts of those jobs that somebody still waits for.
    private func decode(
        _ jobs: [SegmentationJob], _ encoding: ImageEncoding, _ timings: inout StageTimings
    ) throws -> (batch: PromptBatch, logits: Logits) {
        let encoded = try Self.batch(jobs)
        let embeddings = try timings.measure("text") {
            try prompts.conditionalEmbeddings(encoded.prompts) { _ = try Self.batch(jobs) }
        }
        let batch = try Self.batch(jobs)
        let logits = try timings.measure("decode_mask") {
            try model.model.decode(
                encoding, conditionalEmbeddings: embeddings.rows(at: encoded.numbers(of: batch.prompts)))
        }
        return (batch, logits)
    }

    /// - Throws: `CancellationError` if nobody waits.
    private static func batch(_ jobs: [SegmentationJob]) throws(CancellationError) -> PromptBatch {
        let batch = PromptBatch(jobs.lazy.filter { !$0.abandonment.hasHappened }.map(\.question))
        guard !batch.prompts.isEmpty else { throw CancellationError() }
        return batch
    }

    /// Whoever came while the image was encoded waited for that, not for a worker.
    private func timings(_ common: Common) -> StageTimings {
        let began = max(queued, common.began)
        var timings = StageTimings()
        timings.add("queue", queued.duration(to: began), from: queued)
        timings.add("encode", began.duration(to: common.ended), from: began)
        return timings
    }
}
