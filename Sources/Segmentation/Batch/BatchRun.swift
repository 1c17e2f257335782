import Dispatch

/// Segments the images of a plan, and writes answers and a manifest.
///
/// Some images are always being read, decoded, computed, drawn and written at the same time, and never more than the workers
/// need and memory allows. What is done is in the manifest as soon as its answer is on the disk, so that a run that is
/// stopped at any moment, however harshly, is taken up again by a second one.
public struct BatchRun: Sendable {
    private let pool: ModelPool
    private let folder: OutputFolder
    private let manifest: BatchManifest
    /// The jobs left, each with a number of its own.
    private let jobs: [(number: Int, job: BatchJob)]
    /// What is known before the first image.
    public let start: BatchProgress
    /// Waits for the disk, which the threads of Swift's own pool should not.
    private let files: WorkPool<ClosureJob>
    private let maxInFlight: Int

    /// The largest image file that is read.
    static let maxImageBytes = 512 << 20
    /// What image files may take at a time. One that is larger is read while no other is at work.
    private static let fileMemoryBytes = 512 << 20

    /// Prepares a run, or takes up one that was stopped.
    ///
    /// - Parameters:
    ///   - plan: What to do; with the same shard, if any.
    ///   - output: The folder for answers and manifest, which is made if need be.
    ///   - shard: The part of the work that is done here; all of it if nil.
    ///   - retryFailed: Whether images that failed are tried again.
    ///   - pool: Gives answers. Its queue must have room for `maxInFlight(workers:threads:)`.
    /// - Throws: `BatchError`.
    public init(
        _ plan: BatchPlan, output: String, shard: BatchShard = .whole, retryFailed: Bool = false, pool: ModelPool
    ) throws(BatchError) {
        folder = try OutputFolder(creating: output, for: shard)
        let (manifest, known) = try BatchManifest.resume(
            plan.jobs, in: folder, for: shard, model: pool.model, retryFailed: retryFailed)
        self.manifest = manifest
        self.pool = pool
        jobs = plan.jobs.enumerated().filter { known[$0.offset] == nil }.map { (number: $0.offset, job: $0.element) }
        start = BatchProgress(
            total: plan.jobs.count, doneBefore: known.count(where: { $0 == .done }),
            failedBefore: known.count(where: { $0 == .failed }))
        maxInFlight = Self.maxInFlight(workers: pool.workers, threads: pool.model.threads)
        files = WorkPool(label: "clipseg.files", workers: maxInFlight, qos: .background)
    }

    /// How many images are at work at a time: enough that no worker has to wait for the disk or another worker.
    public static func maxInFlight(workers: Int, threads: Int) -> Int { 2 * workers * (1 + threads) + 4 }

    /// Does what is left.
    ///
    /// - Parameter onProgress: Told after each image.
    /// - Returns: how far it has come: to the end.
    /// - Throws: `BatchError` if nothing more can be written, `CancellationError`.
    public func run(onProgress: (BatchProgress) -> Void) async throws -> BatchProgress {
        try folder.makeRoom()
        defer { folder.removePartialFiles() }
        var progress = start
        try await withThrowingTaskGroup(of: Outcome.self) { group in
            var inFlight = 0
            var inFlightBytes = 0
            func finishOne() async throws {
                guard let outcome = try await group.next() else { return }
                inFlight -= 1
                inFlightBytes -= outcome.fileBytes
                try manifest.append(outcome.record)
                if outcome.record.status == .done { progress.done += 1 } else { progress.failed += 1 }
                onProgress(progress)
            }
            for (number, job) in jobs {
                let size = min(RegularFile.size(job.image) ?? 0, Self.maxImageBytes)
                while inFlight == maxInFlight || inFlight > 0 && inFlightBytes + size > Self.fileMemoryBytes {
                    try await finishOne()
                }
                inFlight += 1
                inFlightBytes += size
                group.addTask { Outcome(record: try await answer(job, number), fileBytes: size) }
            }
            while inFlight > 0 { try await finishOne() }
        }
        try manifest.sync()
        return progress
    }

    private struct Outcome: Sendable {
        let record: BatchRecord
        let fileBytes: Int
    }

    private func answer(_ job: BatchJob, _ number: Int) async throws -> BatchRecord {
        do {
            let request = try await files.run { try Self.request(job) }
            let answer = try await pool.segment(request).bytes
            try await files.run { [folder] in try folder.write(answer, to: job.output, number: number) }
            return BatchRecord(job, model: pool.model, .success(answer.count))
        } catch let problem as RegularFile.Problem {
            return BatchRecord(job, model: pool.model, .failure(BatchRecord.Failure(problem)))
        } catch let error as InputError {
            return BatchRecord(job, model: pool.model, .failure(BatchRecord.Failure(error)))
        } catch let error as NumPyFile.FormatError {
            return BatchRecord(job, model: pool.model, .failure(BatchRecord.Failure(error)))
        } catch let failure as BatchRecord.Failure {
            return BatchRecord(job, model: pool.model, .failure(failure))
        }
    }

    private static func request(_ job: BatchJob) throws -> SegmentationRequest {
        let image = try RegularFile.read(job.image, limit: maxImageBytes)
        var request = try job.options.request(image: image, prompts: job.prompts) { path in
            do throws(RegularFile.Problem) {
                return try RegularFile.read(path, limit: maxImageBytes)
            } catch {
                throw BatchRecord.Failure(code: "unreadable_file", parameter: nil, detail: "\(path) \(error.text).")
            }
        }
        request.package = job.output.text.hasSuffix(".json") ? .json : .zip
        return request
    }
}
