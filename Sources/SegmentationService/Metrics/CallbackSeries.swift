/// A value that someone else keeps and that is asked for at each scrape.
final class CallbackSeries: MetricSeries {
    private let value: @Sendable () -> Double?

    init(_ value: @escaping @Sendable () -> Double?) {
        self.value = value
    }

    func write(to writer: inout ExpositionWriter, name: String, labels: LabelSet) {
        guard let value = value() else { return }
        writer.sample(name: name, labels: labels, value: value)
    }
}
