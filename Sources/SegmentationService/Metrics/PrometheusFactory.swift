public import CoreMetrics

/// The door through which swift-metrics reaches the registry. A series that is refused becomes a handler that ignores
/// what it is told: measuring must never be what stops the service.
extension PrometheusRegistry: MetricsFactory {
    /// A counter; the name gets the suffix `_total` if it lacks it.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A counter of fractions; of one label and dimensions there is one counter, whichever type increments it.
    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        counter(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A gauge.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        gauge(label, dimensions) ?? NOOPMetricsHandler.instance
    }

    /// A histogram if it aggregates, else a gauge.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        if aggregate {
            histogram(MetricName.plain(label), dimensions) ?? NOOPMetricsHandler.instance
        } else {
            gauge(label, dimensions) ?? NOOPMetricsHandler.instance
        }
    }

    /// A histogram in seconds; the name gets the suffix `_seconds` if it lacks it.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        histogram(MetricName.timer(label), dimensions) ?? NOOPMetricsHandler.instance
    }

    // A series outlives the objects that update it: others may share it, and Prometheus takes a counter that vanishes
    // and returns for a restart. The limit on series bounds what that costs.

    /// Keeps the series.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// Keeps the series.
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    /// Keeps the series.
    public func destroyMeter(_ handler: any MeterHandler) {}
    /// Keeps the series.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// Keeps the series.
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries? {
        series(name: MetricName.counter(label), kind: .counter, dimensions: dimensions) { _ in CounterSeries() }
    }

    private func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries? {
        series(name: MetricName.plain(label), kind: .gauge, dimensions: dimensions) { _ in GaugeSeries() }
    }

    private func histogram(_ name: String, _ dimensions: [(String, String)]) -> HistogramSeries? {
        series(name: name, kind: .histogram(.latency), dimensions: dimensions) { described in
            HistogramSeries(buckets: described.buckets)
        }
    }
}
