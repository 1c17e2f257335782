/// A job that runs a closure and shares nothing.
struct ClosureJob: Job {
    private let work: @Sendable () -> @Sendable () -> Void
    private let refusal: @Sendable (any Error) -> Void

    init<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result, for caller: CheckedContinuation<Result, any Error>
    ) {
        self.work = {
            let result = Swift.Result(catching: work)
            return { caller.resume(with: result) }
        }
        refusal = { caller.resume(throwing: $0) }
    }

    var group: Never? { nil }
    var size: Int { 1 }

    func begin() {}

    static func finish(_ jobs: [ClosureJob], with common: Void) -> @Sendable () -> Void {
        let handOvers = jobs.map { $0.work() }
        return { for handOver in handOvers { handOver() } }
    }

    func refuse(_ reason: any Error) { refusal(reason) }
}

extension WorkPool where Work == ClosureJob {
    /// Does `work` on a worker.
    ///
    /// - Parameters:
    ///   - bytes: The memory that the work takes beyond what its caller holds.
    ///   - work: Runs to its end once started; not at all if the task is cancelled before.
    /// - Throws: `CancellationError`, or what `work` throws.
    func run<Result: Sendable>(
        bytes: Int = 0, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await submit(bytes: bytes) { ClosureJob(work, for: $0) }
    }
}
