internal import CoreMetrics
internal import Synchronization

/// Counts observations by size.
final class HistogramSeries: MetricSeries {
    private let bounds: [Double]
    /// One for each bound and one for what lies above the last.
    private let counts: [BucketCount]
    private let sum = Atomic<Double>(0)

    init(buckets: HistogramBuckets) {
        bounds = buckets.bounds
        counts = (0...buckets.bounds.count).map { _ in BucketCount() }
    }

    /// Ignores NaN, of which a single one would spoil the sum for good.
    func observe(_ value: Double) {
        guard !value.isNaN else { return }
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        counts[bucket].value.wrappingAdd(1, ordering: .relaxed)
        sum.add(value)
    }

    /// Buckets and count always agree, as the count is the last bucket. Of count and sum, only one may have an
    /// observation that is made during the scrape; the next scrape has it in both.
    func write(to writer: inout ExpositionWriter, name: String, labels: LabelSet) {
        var cumulative: UInt64 = 0
        for (bound, count) in zip(bounds + [.infinity], counts) {
            cumulative += count.value.load(ordering: .relaxed)
            writer.sample(
                name: name + "_bucket", labels: labels.adding(upperBound: bound), value: Double(cumulative))
        }
        writer.sample(name: name + "_sum", labels: labels, value: sum.load(ordering: .relaxed))
        writer.sample(name: name + "_count", labels: labels, value: Double(cumulative))
    }
}

extension HistogramSeries: RecorderHandler {
    func record(_ value: Int64) { observe(Double(value)) }
    func record(_ value: Double) { observe(value) }
}

extension HistogramSeries: TimerHandler {
    /// Takes a negative duration, the work of a clock that was set back, as no time at all.
    func recordNanoseconds(_ duration: Int64) { observe(Double(max(0, duration)) / 1e9) }
}

/// An atomic can't be an element of an array; an object that holds one can.
private final class BucketCount: Sendable {
    let value = Atomic<UInt64>(0)
}
