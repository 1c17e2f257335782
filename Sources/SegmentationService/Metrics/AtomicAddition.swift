internal import Synchronization

extension Atomic where Value == Double {
    /// Adds without losing what other threads add meanwhile; the processor has no instruction for it.
    func add(_ amount: Double) {
        var current = load(ordering: .relaxed)
        while true {
            let (exchanged, original) = weakCompareExchange(
                expected: current, desired: current + amount, ordering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
