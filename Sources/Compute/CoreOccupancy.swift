import Synchronization

/// Cores to compute on, and how many threads do: those that have been told to, which come in any case, and helpers, which
/// come only where a core is free and leave when there are too many.
///
/// More threads than cores would make computations that share their loops wait for threads that wait for a core.
public final class CoreOccupancy: Sendable {
    private let cores: Int
    private let threads = Atomic(0)

    public init(cores: Int) {
        self.cores = cores
    }

    /// Counts a thread that begins to compute.
    public func enter() {
        threads.add(1, ordering: .relaxed)
    }

    /// A thread has computed.
    public func leave() {
        threads.subtract(1, ordering: .relaxed)
    }

    /// Counts a thread if a core is free for it.
    ///
    /// - Returns: whether there is one.
    func enterIfFree() -> Bool {
        var seen = threads.load(ordering: .relaxed)
        while seen < cores {
            let exchange = threads.compareExchange(expected: seen, desired: seen + 1, ordering: .relaxed)
            guard !exchange.exchanged else { return true }
            seen = exchange.original
        }
        return false
    }

    /// Whether helpers should leave.
    var isOvercrowded: Bool { threads.load(ordering: .relaxed) > cores }
}
