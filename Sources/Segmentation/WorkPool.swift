import Compute
import Dispatch
import Synchronization

/// A fixed number of workers on a Dispatch queue, and the jobs that wait for them: first come, first served.
///
/// Jobs can say how much memory they take; the next one then also waits until that much is free. Jobs of one group share
/// their first step and are done together, see ``Job``.
final class WorkPool<Work: Job>: Sendable {
    private struct Entry: Sendable {
        let id: Int
        let bytes: Int
        let work: Work
    }

    private struct State {
        var lastID = 0
        var running = 0
        var runningBytes = 0
        var waiting: [Entry] = []
        /// The groups whose first step is being taken.
        var begun: Set<Work.Group> = []
    }

    /// The number of jobs, or batches of them, done at a time.
    let workers: Int
    /// What jobs that run at the same time may take in memory. One that takes more runs while no other takes any.
    let memoryBytes: Int
    /// The most that jobs done together may add up to; a larger one is done alone.
    let maxBatchSize: Int

    private let queue: DispatchQueue
    private let cores: CoreOccupancy?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - qos: Pools of one class share threads, about as many as there are cores.
    ///   - cores: Where each job that runs takes a place.
    init(
        label: String, workers: Int, memoryBytes: Int = .max, maxBatchSize: Int = .max,
        qos: DispatchQoS = .default, occupying cores: CoreOccupancy? = nil
    ) {
        precondition(workers > 0, "a pool needs a worker")
        self.workers = workers
        self.memoryBytes = memoryBytes
        self.maxBatchSize = maxBatchSize
        self.cores = cores
        queue = DispatchQueue(label: label, qos: qos, attributes: .concurrent)
    }

    /// The number of jobs that wait.
    var queueDepth: Int { state.withLock { $0.waiting.count } }
    /// The memory that the jobs that run take.
    var bytesInUse: Int { state.withLock { $0.runningBytes } }

    /// Waits for a worker to do a job.
    ///
    /// - Parameters:
    ///   - bytes: The memory that the job takes beyond what its caller holds.
    ///   - makeJob: Makes the job, which must resume the continuation it is given.
    /// - Throws: `CancellationError` if the task is cancelled before the job has begun, or what the job fails with.
    func submit<Result: Sendable>(
        bytes: Int = 0, _ makeJob: (CheckedContinuation<Result, any Error>) -> Work
    ) async throws -> Result {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                admit(Entry(id: id, bytes: bytes, work: makeJob(continuation)))
                // Cancelled between the check and the admission, the job was not there yet to be withdrawn.
                if Task.isCancelled { withdraw(id) }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func admit(_ entry: Entry) {
        state.withLock { state in
            state.waiting.append(entry)
            startWaiting(&state)
        }
    }

    /// Starts as many jobs as can be, in the order in which they came.
    private func startWaiting(_ state: inout State) {
        var index = 0
        while index < state.waiting.count, state.running < workers {
            let entry = state.waiting[index]
            if let group = entry.work.group, state.begun.contains(group) {
                index += 1
            } else if state.runningBytes == 0 || entry.bytes <= memoryBytes - state.runningBytes {
                start(state.waiting.remove(at: index), &state)
            } else {
                break
            }
        }
    }

    private func start(_ entry: Entry, _ state: inout State) {
        state.running += 1
        state.runningBytes += entry.bytes
        // Not when it gets a thread: that may be one that a helper of another job has to leave first.
        cores?.enter()
        if let group = entry.work.group { state.begun.insert(group) }
        queue.async { [self] in
            let handOver = perform(entry)
            // First, so that whoever gets the result finds the worker free.
            finished(entry)
            handOver()
        }
    }

    private func perform(_ entry: Entry) -> @Sendable () -> Void {
        do {
            let common = try entry.work.begin()
            return Work.finish([entry.work] + endGroup(of: entry, joining: true), with: common)
        } catch {
            // Whoever waits for the same may have more luck.
            _ = endGroup(of: entry, joining: false)
            return { entry.work.refuse(error) }
        }
    }

    /// After the first step, whoever waited for it may start, or join.
    private func endGroup(of entry: Entry, joining: Bool) -> [Work] {
        guard let group = entry.work.group else { return [] }
        return state.withLock { state in
            state.begun.remove(group)
            defer { startWaiting(&state) }
            return joining ? takeWaiting(of: group, besides: entry, &state) : []
        }
    }

    private func takeWaiting(of group: Work.Group, besides first: Entry, _ state: inout State) -> [Work] {
        var size = first.work.size
        var others: [Work] = []
        state.waiting.removeAll { entry in
            guard entry.work.group == group, entry.work.size <= maxBatchSize - size else { return false }
            size += entry.work.size
            others.append(entry.work)
            return true
        }
        return others
    }

    private func finished(_ entry: Entry) {
        state.withLock { state in
            state.running -= 1
            state.runningBytes -= entry.bytes
            startWaiting(&state)
            // After the next job has come, so that no helper comes in between.
            cores?.leave()
        }
    }

    private func withdraw(_ id: Int) {
        let entry = state.withLock { state -> Entry? in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return nil }
            // It may have been its memory that the next one waited for, not a worker.
            defer { startWaiting(&state) }
            return state.waiting.remove(at: index)
        }
        entry?.work.refuse(CancellationError())
    }
}
