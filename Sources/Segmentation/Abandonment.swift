import Synchronization

/// Whether nobody waits for an answer any more.
///
/// Workers are no tasks, so they can't see that the task they work for is cancelled; they look here between stages.
final class Abandonment: Sendable {
    private let flag = Atomic(false)

    var hasHappened: Bool { flag.load(ordering: .relaxed) }

    /// Does `work`, and tells it when its task is cancelled.
    static func watched<Result>(_ work: (Abandonment) async throws -> Result) async throws -> Result {
        let abandonment = Abandonment()
        return try await withTaskCancellationHandler {
            try await work(abandonment)
        } onCancel: {
            abandonment.happened()
        }
    }

    func happened() {
        flag.store(true, ordering: .relaxed)
    }

    /// - Throws: `CancellationError` if the work is for nothing.
    func check() throws(CancellationError) {
        if hasHappened { throw CancellationError() }
    }
}
