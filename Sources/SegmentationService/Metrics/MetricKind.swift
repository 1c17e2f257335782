/// The Prometheus types that are exported.
enum MetricKind: Sendable {
    case counter
    case gauge
    case histogram(HistogramBuckets)

    /// As `# TYPE` spells it.
    var typeName: String {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    /// Bounds of a histogram; a metric of another type has none.
    var buckets: HistogramBuckets {
        switch self {
        case .counter, .gauge: []
        case .histogram(let buckets): buckets
        }
    }
}
