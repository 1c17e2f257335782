import HTTPServer
import Metrics
import Synchronization

/// Counts answers and their durations.
///
/// A metric is looked up by its labels once and then kept: at tens of thousands of requests a second, making up the labels
/// would cost more than answering.
final class RequestMetrics: Sendable {
    private struct Labels: Hashable {
        var route: String
        var method: String
        var status: Int
    }

    private struct Series {
        var count: Counter
        var duration: Timer
    }

    private static let count = "clipseg_http_requests_total"
    private static let duration = "clipseg_http_request_duration_seconds"

    private let registry: PrometheusRegistry
    private let series = Mutex<[Labels: Series]>([:])

    init(registry: PrometheusRegistry) {
        self.registry = registry
        registry.describe(counter: Self.count, help: "Requests answered, by route, method and status.")
        // Up to what a full queue and --request-timeout make of it, and beyond.
        let buckets = HistogramBuckets(HistogramBuckets.latency.bounds + [20, 30, 60])
        registry.describe(
            histogram: Self.duration, help: "From a request's last byte to its answer, by route.", buckets: buckets)
    }

    /// - Parameter route: A path that exists, so that strangers can't make up labels.
    func answered(route: String, method: String, status: HTTPStatus, duration: Duration) {
        let labels = Labels(route: route, method: method, status: status.code)
        let series = series.withLock { all in
            if let known = all[labels] { return known }
            let new = make(labels)
            all[labels] = new
            return new
        }
        series.count.increment()
        series.duration.record(duration: duration)
    }

    private func make(_ labels: Labels) -> Series {
        Series(
            count: Counter(
                label: Self.count,
                dimensions: [("route", labels.route), ("method", labels.method), ("status", "\(labels.status)")],
                factory: registry),
            duration: Timer(label: Self.duration, dimensions: [("route", labels.route)], factory: registry))
    }
}
