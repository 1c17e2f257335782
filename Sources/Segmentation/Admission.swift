import Synchronization

/// Bounds how many requests are being answered or wait to be, and reckons when there will be room.
final class Admission: Sendable {
    private struct State {
        var admitted = 0
        /// When a request came to an empty house, or the last answer was given, whichever is later.
        var lastChange = ContinuousClock.now
        /// The mean time from one answer to the next while there are requests, the last ones weighing more. What is refused
        /// or given up says nothing about how long others take.
        var secondsPerRequest: Double?

        var retryAfterSeconds: Int {
            max(1, Int((Double(admitted) * (secondsPerRequest ?? 1)).rounded(.up)))
        }
    }

    /// The most requests at a time.
    let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// The number of requests that are being answered or wait to be.
    var admitted: Int { state.withLock { $0.admitted } }

    /// How long it takes to answer those that are there, in seconds, at least 1.
    var retryAfterSeconds: Int { state.withLock { $0.retryAfterSeconds } }

    /// - Throws: `Refusal.queueFull`; otherwise `leave` must follow.
    func enter(at now: ContinuousClock.Instant = .now) throws(Refusal) {
        let retryAfterSeconds = state.withLock { state -> Int? in
            guard state.admitted < limit else { return state.retryAfterSeconds }
            if state.admitted == 0 { state.lastChange = now }
            state.admitted += 1
            return nil
        }
        if let retryAfterSeconds { throw .queueFull(retryAfterSeconds: retryAfterSeconds) }
    }

    /// Before there are answers, this is as good a guess as any.
    func expect(secondsPerRequest: Double) {
        state.withLock { $0.secondsPerRequest = $0.secondsPerRequest ?? secondsPerRequest }
    }

    func leave(answered: Bool = true, at now: ContinuousClock.Instant = .now) {
        state.withLock { state in
            state.admitted -= 1
            guard answered else { return }
            let seconds = state.lastChange.duration(to: now).seconds
            state.secondsPerRequest = state.secondsPerRequest.map { $0 + 0.1 * (seconds - $0) } ?? seconds
            state.lastChange = now
        }
    }
}
