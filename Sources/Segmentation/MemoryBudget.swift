import Synchronization

/// Memory that requests keep while they wait for one worker after the other: so much at a time, first come, first served.
///
/// A request takes all that it needs at once and before anything else, so that those who have some never wait for more.
final class MemoryBudget: Sendable {
    private struct Entry {
        let id: Int
        let bytes: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var lastID = 0
        var bytesInUse = 0
        /// How many have some.
        var holders = 0
        var waiting: [Entry] = []
    }

    /// What may be kept at a time. What takes more is kept while nobody else keeps any.
    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    var bytesInUse: Int { state.withLock { $0.bytesInUse } }
    /// The number of those that wait.
    var queueDepth: Int { state.withLock { $0.waiting.count } }

    /// Does `work` with so much memory; who needs none never waits.
    ///
    /// - Throws: `CancellationError`, or what `work` throws.
    func keeping<Result>(_ bytes: Int, _ work: () async throws -> Result) async throws -> Result {
        guard bytes > 0 else { return try await work() }
        try await take(bytes)
        defer { giveBack(bytes) }
        return try await work()
    }

    private func take(_ bytes: Int) async throws {
        let id = state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                guard !Task.isCancelled else { return continuation.resume(throwing: CancellationError()) }
                let admitted = state.withLock { state in
                    state.waiting.append(Entry(id: id, bytes: bytes, continuation: continuation))
                    return admitWaiting(&state)
                }
                for entry in admitted { entry.continuation.resume() }
                // Cancelled between the check and the lock, the entry was not there yet to be withdrawn.
                if Task.isCancelled { withdraw(id) }
            }
        } onCancel: {
            withdraw(id)
        }
    }

    private func giveBack(_ bytes: Int) {
        let admitted = state.withLock { state in
            state.bytesInUse -= bytes
            state.holders -= 1
            return admitWaiting(&state)
        }
        for entry in admitted { entry.continuation.resume() }
    }

    private func withdraw(_ id: Int) {
        let (withdrawn, admitted) = state.withLock { state -> (Entry?, [Entry]) in
            guard let index = state.waiting.firstIndex(where: { $0.id == id }) else { return (nil, []) }
            // It may have been the first, for which the next ones waited.
            return (state.waiting.remove(at: index), admitWaiting(&state))
        }
        withdrawn?.continuation.resume(throwing: CancellationError())
        for entry in admitted { entry.continuation.resume() }
    }

    private func admitWaiting(_ state: inout State) -> [Entry] {
        var admitted: [Entry] = []
        while let next = state.waiting.first, state.holders == 0 || next.bytes <= limit - state.bytesInUse {
            admitted.append(state.waiting.removeFirst())
            state.bytesInUse += next.bytes
            state.holders += 1
        }
        return admitted
    }
}
