internal import CoreMetrics
internal import Synchronization

/// A value that only grows.
final class CounterSeries: MetricSeries {
    // Most counters count events: whole numbers have a word of their own, which one instruction increments.
    private let whole = Atomic<UInt64>(0)
    private let fractional = Atomic<Double>(0)

    func write(to writer: inout ExpositionWriter, name: String, labels: LabelSet) {
        let value = Double(whole.load(ordering: .relaxed)) + fractional.load(ordering: .relaxed)
        writer.sample(name: name, labels: labels, value: value)
    }
}

extension CounterSeries: CounterHandler, FloatingPointCounterHandler {
    /// Ignores negative amounts.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(UInt64(amount), ordering: .relaxed)
    }

    /// Ignores negative, infinite and undefined amounts, as the counters of swift-metrics do.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fractional.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fractional.store(0, ordering: .relaxed)
    }
}
