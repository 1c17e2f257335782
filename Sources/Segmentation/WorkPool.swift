import Dispatch
import Synchronization

/// A fixed number of workers on a Dispatch queue, and a bounded queue before them: first come, first served.
public final class WorkPool: Sendable {
    /// Why work was not done.
    public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// As much waits as may wait; by then it should be better.
        case queueFull(retryAfterSeconds: Int)
        /// The deadline passed before a worker was free.
        case deadlinePassed

        /// What is wrong, and what to do about it.
        public var description: String {
            switch self {
            case .queueFull(let seconds): "The queue is full. Try again in \(seconds) s."
            case .deadlinePassed: "No worker got free within the request's time limit. Try again later."
            }
        }
    }

    private struct Job: Sendable {
        let id: Int
        let deadline: ContinuousClock.Instant?
        let mayRefuse: Bool
        /// Does the work and hands its result over.
        let run: @Sendable () -> Void
        /// Hands over why the work is not done.
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var lastID = 0
        var running = 0
        var waiting: [Job] = []
        /// The mean time that a job takes, the last ones weighing more.
        var serviceSeconds = 0.5
    }

    /// The number of jobs done at a time.
    public let workers: Int
    /// The number of jobs that may wait.
    public let maxQueue: Int

    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// Creates a pool of `workers` that lets `maxQueue` jobs wait.
    public init(label: String, workers: Int, maxQueue: Int) {
        precondition(workers > 0, "a pool needs a worker")
        self.workers = workers
        self.maxQueue = maxQueue
        queue = DispatchQueue(label: label, qos: .userInitiated, attributes: .concurrent)
    }

    /// The number of jobs that wait.
    public var queueDepth: Int { state.withLock { $0.waiting.count } }

    /// Does `work` on a worker.
    ///
    /// - Parameters:
    ///   - deadline: When the work is no longer worth starting.
    ///   - mayRefuse: Whether the queue's limit applies; not to what finishes work that has been done already.
    ///   - work: Runs to its end once started; not at all if the task is cancelled before.
    /// - Throws: `Refusal`, `CancellationError`, or what `work` throws.
    public func run<Result: Sendable>(
        deadline: ContinuousClock.Instant? = nil, mayRefuse: Bool = true,
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Result, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                admit(
                    Job(
                        id: id, deadline: deadline, mayRefuse: mayRefuse,
                        run: { continuation.resume(with: Swift.Result(catching: work)) },
                        refuse: { continuation.resume(throwing: $0) }))
                // Cancelled between the check and the admission, the job was not there yet to be withdrawn.
                if Task.isCancelled { withdraw(id) }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func admit(_ job: Job) {
        let refusal = state.withLock { state -> Refusal? in
            guard state.running == workers else {
                state.running += 1
                start(job)
                return nil
            }
            guard state.waiting.count < maxQueue || !job.mayRefuse else {
                let backlog = Double(state.waiting.count + workers) * state.serviceSeconds / Double(workers)
                return .queueFull(retryAfterSeconds: max(1, Int(backlog.rounded(.up))))
            }
            state.waiting.append(job)
            return nil
        }
        if let refusal { job.refuse(refusal) }
    }

    private func start(_ job: Job) {
        queue.async { [self] in
            let begin = ContinuousClock.now
            job.run()
            finished(after: begin.duration(to: .now))
        }
    }

    private func finished(after duration: Duration) {
        let expired = state.withLock { state -> [Job] in
            state.serviceSeconds += 0.1 * (duration.seconds - state.serviceSeconds)
            let now = ContinuousClock.now
            let next = state.waiting.firstIndex { $0.deadline.map { now < $0 } ?? true }
            let expired = Array(state.waiting[..<(next ?? state.waiting.count)])
            state.waiting.removeFirst(expired.count)
            if next == nil {
                state.running -= 1
            } else {
                start(state.waiting.removeFirst())
            }
            return expired
        }
        for job in expired { job.refuse(Refusal.deadlinePassed) }
    }

    private func withdraw(_ id: Int) {
        let job = state.withLock { state -> Job? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiting.remove(at: index)
        }
        job?.refuse(CancellationError())
    }
}
