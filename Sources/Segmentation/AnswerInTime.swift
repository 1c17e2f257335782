import Synchronization

/// Does `work` for a caller that waits no longer than to the deadline, or its own cancellation.
///
/// Work that has begun can't be interrupted. The caller is told at once that there will be no answer; the work learns that
/// it is for nothing, and goes on to the end of its stage.
///
/// - Parameters:
///   - deadline: When an answer is no longer of use.
///   - sleep: Returns at the given moment, or throws if its task is cancelled before.
///   - work: Is called in any case, so that it can give back what was taken for it.
/// - Throws: `Refusal.deadlinePassed`, `CancellationError`, or what `work` throws.
func answerInTime<Answer: Sendable>(
    _ deadline: ContinuousClock.Instant?,
    sleep: @escaping @Sendable (ContinuousClock.Instant) async throws -> Void = {
        try await Task.sleep(until: $0, clock: .continuous)
    },
    _ work: @escaping @Sendable (Abandonment) async throws -> Answer
) async throws -> Answer {
    let abandonment = Abandonment(deadline: deadline)
    if Task.isCancelled { abandonment.happened() }
    let outcome = FirstOutcome<Answer>()
    let task = Task {
        do {
            outcome.resolve(.success(try await work(abandonment)))
        } catch {
            outcome.resolve(.failure(abandonment.reason(for: error)))
        }
    }
    let abandon = { @Sendable (reason: any Error) in
        outcome.resolve(.failure(reason))
        abandonment.happened()
        // What still waits for a worker is withdrawn.
        task.cancel()
    }
    let alarm = deadline.map { deadline in
        Task {
            try await sleep(deadline)
            abandon(Refusal.deadlinePassed)
        }
    }
    defer { alarm?.cancel() }
    return try await withTaskCancellationHandler {
        try await outcome.value()
    } onCancel: {
        abandon(CancellationError())
    }
}

/// What comes first of several things that may; the others are dropped.
private final class FirstOutcome<Value: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Value, any Error>)
        case resolved(Result<Value, any Error>)
        case handedOver
    }

    private let state = Mutex(State.open)

    func resolve(_ result: Result<Value, any Error>) {
        let waiting = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .open:
                state = .resolved(result)
                return nil
            case .awaited(let continuation):
                state = .handedOver
                return continuation
            case .resolved, .handedOver:
                return nil
            }
        }
        waiting?.resume(with: result)
    }

    /// To be called once.
    func value() async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let result = state.withLock { state -> Result<Value, any Error>? in
                guard case .resolved(let result) = state else {
                    state = .awaited(continuation)
                    return nil
                }
                state = .handedOver
                return result
            }
            if let result { continuation.resume(with: result) }
        }
    }
}
