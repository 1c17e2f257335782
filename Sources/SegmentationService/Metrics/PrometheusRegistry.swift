internal import Synchronization

/// Keeps what the process counts and measures, and writes it in Prometheus' text format.
///
/// Code that measures uses the swift-metrics types (`Counter`, `Gauge`, `Timer`, …) and need not know this class;
/// whoever runs the service hands the registry to them as their factory, or to `MetricsSystem.bootstrap`:
///
///     let registry = PrometheusRegistry()
///     registry.describe(counter: "clipseg_http_requests_total", help: "Requests answered.")
///     Counter(label: "clipseg_http_requests_total", dimensions: [("status", "200")], factory: registry).increment()
///     registry.gauge("clipseg_queue_depth", help: "Requests that wait.") { Double(queue.count) }
///     response.body = registry.exposition()
///
/// Updating a metric takes no lock. Only looking one up by its label and dimensions does, so keep the metric where it
/// is used often.
public final class PrometheusRegistry: Sendable {
    /// What `exposition()` returns, as a `Content-Type`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// How many combinations of dimensions one metric may have before further ones are dropped.
    public let maximumSeriesPerMetric: Int

    private let families: Mutex<[String: MetricFamily]>
    private let droppedSeries = CounterSeries()

    /// - Parameter maximumSeriesPerMetric: bounds memory and the size of a scrape, whatever ends up in a dimension.
    ///   Beyond it, new series record nothing and `clipseg_metrics_dropped_series_total` grows.
    public init(maximumSeriesPerMetric: Int = 1_000) {
        self.maximumSeriesPerMetric = maximumSeriesPerMetric
        families = Mutex([
            "clipseg_metrics_dropped_series_total": MetricFamily(
                kind: .counter,
                help: "Times a series was refused because its metric had too many of them or was of another type.",
                series: [LabelSet(): droppedSeries])
        ])
    }

    /// Everything registered, in Prometheus' text format 0.0.4, ordered by name and labels.
    public func exposition() -> String {
        // Rendering works on a copy, so a callback may itself use the registry and a slow scrape delays nobody.
        let snapshot = families.withLock { $0 }
        var writer = ExpositionWriter()
        for (name, family) in snapshot.sorted(by: { $0.key < $1.key }) {
            family.write(to: &writer, name: name)
        }
        return writer.text
    }
}

// MARK: - Descriptions

extension PrometheusRegistry {
    /// Gives a counter its help text. The name gets the suffix `_total` if it lacks it.
    public func describe(counter name: String, help: String) {
        describe(MetricName.counter(name), as: .counter, help: help)
    }

    /// Gives a gauge (a `Gauge`, a `Meter`, or a `Recorder` that does not aggregate) its help text.
    public func describe(gauge name: String, help: String) {
        describe(MetricName.plain(name), as: .gauge, help: help)
    }

    /// Gives a histogram (a `Timer` or a `Recorder` that aggregates) its help text and buckets.
    ///
    /// - Parameters:
    ///   - name: the exported name; a timer's ends in `_seconds`.
    ///   - buckets: hold for series that are created from now on.
    public func describe(histogram name: String, help: String, buckets: HistogramBuckets = .latency) {
        describe(MetricName.plain(name), as: .histogram(buckets), help: help)
    }

    private func describe(_ name: String, as kind: MetricKind, help: String) {
        families.withLock { families in
            let existing = families[name]
            precondition(
                existing == nil || existing?.kind.typeName == kind.typeName,
                "\(name) is described as a \(kind.typeName) but is in use as another type of metric")
            families[name] = MetricFamily(kind: kind, help: help, series: existing?.series ?? [:])
        }
    }
}

// MARK: - Values read when scraped

extension PrometheusRegistry {
    /// Exports a gauge whose value is asked for at each scrape, in place of any other of that name and dimensions.
    ///
    /// - Parameter value: must be quick and may run on any thread; with nil the scrape goes without this sample.
    public func gauge(
        _ name: String, help: String, dimensions: [(String, String)] = [], value: @escaping @Sendable () -> Double?
    ) {
        describe(gauge: name, help: help)
        export(value, as: MetricName.plain(name), dimensions)
    }

    /// Exports a counter that is kept elsewhere and asked for at each scrape.
    ///
    /// - Parameter value: must never decrease; otherwise as for ``gauge(_:help:dimensions:value:)``.
    public func counter(
        _ name: String, help: String, dimensions: [(String, String)] = [], value: @escaping @Sendable () -> Double?
    ) {
        describe(counter: name, help: help)
        export(value, as: MetricName.counter(name), dimensions)
    }

    private func export(
        _ value: @escaping @Sendable () -> Double?, as name: String, _ dimensions: [(String, String)]
    ) {
        let labels = LabelSet(dimensions)
        families.withLock { $0[name]?.series[labels] = CallbackSeries(value) }
    }
}

// MARK: - Series

extension PrometheusRegistry {
    /// Finds the series, or creates it.
    ///
    /// - Returns: nil if the metric has too many series already, or is in use as another type.
    func series<Series: MetricSeries>(
        name: String, kind: MetricKind, dimensions: [(String, String)], create: (MetricKind) -> Series
    ) -> Series? {
        let labels = LabelSet(dimensions)
        let found = families.withLock { families in
            families[name, default: MetricFamily(kind: kind)]
                .findOrCreate(labels, kind: kind, limit: maximumSeriesPerMetric, create: create)
        }
        if found == nil { droppedSeries.increment(by: 1 as Int64) }
        return found
    }
}
