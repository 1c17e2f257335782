/// The values of one metric for one set of labels.
protocol MetricSeries: AnyObject, Sendable {
    func write(to writer: inout ExpositionWriter, name: String, labels: LabelSet)
}
