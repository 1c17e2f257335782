/// A shutdown that is under way: when it must be over, and who waits for it.
struct Shutdown {
    /// Connections closed with a request unanswered.
    var cut = 0

    private var deadline: ContinuousClock.Instant?
    private var waiting: [CheckedContinuation<Int, Never>] = []

    /// The earliest deadline holds.
    mutating func begin(deadline: ContinuousClock.Instant) {
        self.deadline = min(self.deadline ?? deadline, deadline)
    }

    mutating func wait(_ continuation: CheckedContinuation<Int, Never>) {
        waiting.append(continuation)
    }

    func isOver(at instant: ContinuousClock.Instant) -> Bool {
        deadline.map { $0 <= instant } ?? false
    }

    /// The last connection has closed.
    mutating func finish() {
        for continuation in waiting { continuation.resume(returning: cut) }
        waiting = []
    }
}
