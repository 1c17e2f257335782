import Synchronization

/// Whether nobody waits for an answer any more: its deadline has passed, or its caller has gone.
///
/// Workers are no tasks, so they can't see that the task they work for is cancelled; they look here between stages.
final class Abandonment: Sendable {
    private let flag = Atomic(false)
    private let deadline: ContinuousClock.Instant?

    /// - Parameter deadline: When an answer is no longer of use.
    init(deadline: ContinuousClock.Instant? = nil) {
        self.deadline = deadline
    }

    /// On a busy machine an alarm can be later than a worker, so the clock is looked at too.
    var hasHappened: Bool { flag.load(ordering: .relaxed) || isLate }

    private var isLate: Bool { deadline.map { $0 <= .now } ?? false }

    func happened() {
        flag.store(true, ordering: .relaxed)
    }

    /// - Throws: `CancellationError` if the work is for nothing.
    func check() throws(CancellationError) {
        if hasHappened { throw CancellationError() }
    }

    /// What to tell the caller of work that ended with `error`.
    func reason(for error: any Error) -> any Error {
        error is CancellationError && isLate ? Refusal.deadlinePassed : error
    }
}
