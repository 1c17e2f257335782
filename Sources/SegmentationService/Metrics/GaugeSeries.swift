internal import CoreMetrics
internal import Synchronization

/// A value that goes up and down.
final class GaugeSeries: MetricSeries {
    private let value = Atomic<Double>(0)

    func write(to writer: inout ExpositionWriter, name: String, labels: LabelSet) {
        writer.sample(name: name, labels: labels, value: value.load(ordering: .relaxed))
    }
}

extension GaugeSeries: MeterHandler {
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.store(value, ordering: .relaxed) }
    func increment(by amount: Double) { value.add(amount) }
    func decrement(by amount: Double) { value.add(-amount) }
}

extension GaugeSeries: RecorderHandler {
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}
