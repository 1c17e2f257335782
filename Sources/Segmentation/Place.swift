import Synchronization

/// A request's place among those that are being answered or wait to be.
final class Place: Sendable {
    private enum State: Int, AtomicRepresentable {
        /// The caller has it, and has not begun its work yet.
        case held
        /// The work has it, and gives it back in the end.
        case taken
        case left
    }

    /// The place of the task that asks, if its request has been let in already.
    @TaskLocal static var current: Place?

    private let admission: Admission
    private let state = Atomic(State.held)

    /// - Throws: `Refusal.queueFull`; otherwise `leave` or `leaveUnlessTaken` must follow.
    init(in admission: Admission) throws(Refusal) {
        try admission.enter()
        self.admission = admission
    }

    /// A place for work that begins now: the one that its caller has, else another.
    ///
    /// - Throws: `Refusal.queueFull`; otherwise `leave` must follow.
    static func take(in admission: Admission) throws(Refusal) -> Place {
        if let current, current.admission === admission, current.changes(from: .held, to: .taken) { return current }
        return try Place(in: admission)
    }

    /// The work is over.
    ///
    /// - Parameter answered: Whether it has come to its answer.
    func leave(answered: Bool) {
        if state.exchange(.left, ordering: .relaxed) != .left { admission.leave(answered: answered) }
    }

    /// The caller has no more use for it: there was no work, or it is not over.
    func leaveUnlessTaken() {
        if changes(from: .held, to: .left) { admission.leave(answered: false) }
    }

    private func changes(from old: State, to new: State) -> Bool {
        state.compareExchange(expected: old, desired: new, ordering: .relaxed).exchanged
    }
}
