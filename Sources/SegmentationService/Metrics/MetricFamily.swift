/// One metric: all series of one name, which share type and help.
struct MetricFamily: Sendable {
    let kind: MetricKind
    let help: String?
    var series: [LabelSet: any MetricSeries]

    init(kind: MetricKind, help: String? = nil, series: [LabelSet: any MetricSeries] = [:]) {
        self.kind = kind
        self.help = help
        self.series = series
    }

    /// The series with these labels.
    ///
    /// - Parameter create: makes it if there is none, given the kind (with its buckets) that the family really has.
    /// - Returns: nil if the family is of another type, or is full.
    mutating func findOrCreate<Series: MetricSeries>(
        _ labels: LabelSet, kind asked: MetricKind, limit: Int, create: (MetricKind) -> Series
    ) -> Series? {
        guard kind.typeName == asked.typeName else { return nil }
        if let existing = series[labels] { return existing as? Series }
        guard series.count < limit else { return nil }
        let created = create(kind)
        series[labels] = created
        return created
    }

    /// Writes help, type and samples, or nothing when there is no sample.
    func write(to writer: inout ExpositionWriter, name: String) {
        var samples = ExpositionWriter()
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            series.write(to: &samples, name: name, labels: labels)
        }
        guard !samples.text.isEmpty else { return }
        writer.header(name: name, type: kind.typeName, help: help)
        writer.append(samples)
    }
}
