import Dispatch
import Synchronization

/// A fixed number of workers on a Dispatch queue, and a bounded queue before them: first come, first served.
///
/// Jobs can say how much memory they take; the next one then also waits until that much is free.
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
        let bytes: Int
        /// Does the work and returns what hands its result over.
        let run: @Sendable () -> @Sendable () -> Void
        /// Hands over why the work is not done.
        let refuse: @Sendable (any Error) -> Void
    }

    private struct State {
        var lastID = 0
        var running = 0
        var runningBytes = 0
        var waiting: [Job] = []
        /// The mean time that a job takes, the last ones weighing more.
        var serviceSeconds = 0.5
    }

    /// The number of jobs done at a time.
    public let workers: Int
    /// The number of jobs that may wait.
    public let maxQueue: Int
    /// What jobs that run at the same time may take in memory. One that takes more runs while no other takes any.
    public let memoryBytes: Int

    private let queue: DispatchQueue
    private let state = Mutex(State())

    /// Creates a pool of `workers` that lets `maxQueue` jobs wait.
    public init(label: String, workers: Int, maxQueue: Int, memoryBytes: Int = .max) {
        precondition(workers > 0, "a pool needs a worker")
        self.workers = workers
        self.maxQueue = maxQueue
        self.memoryBytes = memoryBytes
        queue = DispatchQueue(label: label, qos: .userInitiated, attributes: .concurrent)
    }

    /// The number of jobs that wait.
    public var queueDepth: Int { state.withLock { $0.waiting.count } }

    /// Does `work` on a worker.
    ///
    /// - Parameters:
    ///   - deadline: When the work is no longer worth starting.
    ///   - mayRefuse: Whether the queue's limit applies; not to what finishes work that has been done already.
    ///   - bytes: The memory that the work takes beyond what its caller holds.
    ///   - work: Runs to its end once started; not at all if the task is cancelled before.
    /// - Throws: `Refusal`, `CancellationError`, or what `work` throws.
    public func run<Result: Sendable>(
        deadline: ContinuousClock.Instant? = nil, mayRefuse: Bool = true,
        bytes: Int = 0, _ work: @escaping @Sendable () throws -> Result
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
                        id: id, deadline: deadline, mayRefuse: mayRefuse, bytes: bytes,
                        run: {
                            let result = Swift.Result(catching: work)
                            return { continuation.resume(with: result) }
                        },
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
            if let deadline = job.deadline, deadline <= .now { return .deadlinePassed }
            if state.waiting.isEmpty, canStart(job, state) {
                start(job, &state)
                return nil
            }
            guard state.waiting.count < maxQueue || !job.mayRefuse else {
                let backlog = Double(state.waiting.count + workers) * state.serviceSeconds / Double(workers)
                return .queueFull(retryAfterSeconds: max(1, Int(backlog.rounded(.up))))
            }
            state.waiting.append(job)
            if let deadline = job.deadline { expire(job.id, at: deadline) }
            return nil
        }
        if let refusal { job.refuse(refusal) }
    }

    private func canStart(_ job: Job, _ state: State) -> Bool {
        guard state.running < workers else { return false }
        return state.runningBytes == 0 || job.bytes <= memoryBytes - state.runningBytes
    }

    private func start(_ job: Job, _ state: inout State) {
        state.running += 1
        state.runningBytes += job.bytes
        queue.async { [self] in
            let begin = ContinuousClock.now
            let handOver = job.run()
            // First, so that whoever gets the result finds the worker free.
            finished(job, after: begin.duration(to: .now))
            handOver()
        }
    }

    private func finished(_ job: Job, after duration: Duration) {
        let expired = state.withLock { state in
            state.serviceSeconds += 0.1 * (duration.seconds - state.serviceSeconds)
            state.running -= 1
            state.runningBytes -= job.bytes
            return startWaiting(&state)
        }
        for job in expired { job.refuse(Refusal.deadlinePassed) }
    }

    /// Starts as many jobs as can be, in the order in which they came.
    ///
    /// - Returns: those whose deadline has passed: on a busy machine its timer can be later than a worker.
    private func startWaiting(_ state: inout State) -> [Job] {
        var expired: [Job] = []
        while let job = state.waiting.first {
            if let deadline = job.deadline, deadline <= .now {
                expired.append(state.waiting.removeFirst())
            } else if canStart(job, state) {
                start(state.waiting.removeFirst(), &state)
            } else {
                break
            }
        }
        return expired
    }

    /// Refuses a job that still waits at its deadline, so that its place is free for another.
    private func expire(_ id: Int, at deadline: ContinuousClock.Instant) {
        let seconds = ContinuousClock.now.duration(to: deadline).seconds
        queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
            self?.withdraw(id, because: Refusal.deadlinePassed)
        }
    }

    private func withdraw(_ id: Int, because reason: any Error = CancellationError()) {
        let (job, expired) = state.withLock { state -> (Job?, [Job]) in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return (nil, []) }
            let job = state.waiting.remove(at: index)
            // It may have been its memory that the next one waited for, not a worker.
            return (job, startWaiting(&state))
        }
        job?.refuse(reason)
        for job in expired { job.refuse(Refusal.deadlinePassed) }
    }
}
