import CoreMetrics
import Dispatch
import Testing

@testable import SegmentationService

@Suite("Prometheus registry")
struct PrometheusRegistryTests {
    @Test("concurrent updates lose nothing, whether the metric is kept or looked up each time")
    func concurrency() {
        let registry = PrometheusRegistry()
        registry.describe(histogram: "size", help: "Sizes.", buckets: [1, 2])
        let kept = Counter(label: "kept", factory: registry)
        let meter = Meter(label: "level", factory: registry)
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            let sizes = Recorder(label: "size", factory: registry)
            for round in 0..<1_000 {
                kept.increment()
                Counter(label: "found", dimensions: [("lane", "\(round % 4)")], factory: registry).increment()
                FloatingPointCounter(label: "halves", factory: registry).increment(by: 0.5)
                meter.increment(by: 3.0)
                meter.decrement(by: 1.0)
                sizes.record(thread % 4)
            }
        }
        let lines = registry.exposition().split(separator: "\n")
        #expect(lines.contains("kept_total 8000"))
        for lane in 0..<4 { #expect(lines.contains("found_total{lane=\"\(lane)\"} 2000")) }
        #expect(lines.contains("halves_total 4000"))
        #expect(lines.contains("level 16000"))
        #expect(lines.contains("size_bucket{le=\"1\"} 4000"))
        #expect(lines.contains("size_bucket{le=\"2\"} 6000"))
        #expect(lines.contains("size_bucket{le=\"+Inf\"} 8000"))
        #expect(lines.contains("size_sum 12000"))
        #expect(lines.contains("size_count 8000"))
    }

    @Test("past the limit new series vanish and are counted, and old ones go on")
    func cardinality() {
        let registry = PrometheusRegistry(maximumSeriesPerMetric: 2)
        for _ in 0..<2 {
            for user in ["a", "b", "c", "d"] {
                Counter(label: "calls", dimensions: [("user", user)], factory: registry).increment()
            }
        }
        Counter(label: "other", dimensions: [("user", "c")], factory: registry).increment()
        let lines = registry.exposition().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "calls_total{user=\"a\"} 2", "calls_total{user=\"b\"} 2", "clipseg_metrics_dropped_series_total 4",
                "other_total{user=\"c\"} 1",
            ])
    }

    @Test("a name in use as another type is refused, not mixed up")
    func typeConflict() {
        let registry = PrometheusRegistry()
        Gauge(label: "jobs_total", factory: registry).record(7)
        Counter(label: "jobs", factory: registry).increment()
        let page = registry.exposition()
        #expect(page.contains("# TYPE jobs_total gauge\njobs_total 7\n"))
        #expect(page.contains("clipseg_metrics_dropped_series_total 1\n"))
    }

    @Test("a metric nobody described is exported without help, a timer with the buckets for latency")
    func undescribed() {
        let registry = PrometheusRegistry()
        Timer(label: "lib.call", factory: registry).recordMilliseconds(30)
        let page = registry.exposition()
        #expect(!page.contains("# HELP lib_call_seconds"))
        #expect(page.contains("# TYPE lib_call_seconds histogram\nlib_call_seconds_bucket{le=\"0.005\"} 0\n"))
        #expect(page.contains("lib_call_seconds_bucket{le=\"0.025\"} 0\nlib_call_seconds_bucket{le=\"0.05\"} 1\n"))
    }

    @Test("a description that comes after the first use keeps what was counted")
    func lateDescription() {
        let registry = PrometheusRegistry()
        Counter(label: "early", factory: registry).increment(by: 3)
        registry.describe(counter: "early", help: "Known at last.")
        #expect(
            registry.exposition()
                .contains("# HELP early_total Known at last.\n# TYPE early_total counter\nearly_total 3\n"))
    }

    @Test("a counter takes whole and fractional amounts, ignores what would lower or spoil it, and can be reset")
    func counters() {
        let registry = PrometheusRegistry()
        let whole = Counter(label: "work", factory: registry)
        let fractional = FloatingPointCounter(label: "work", factory: registry)
        whole.increment(by: 2)
        whole.increment(by: -5)
        for amount in [0.5, -1, .nan, .infinity] { fractional.increment(by: amount) }
        #expect(registry.exposition().contains("work_total 2.5\n"))
        whole.reset()
        #expect(registry.exposition().contains("work_total 0\n"))
    }

    @Test("an observation equal to a bound is inside it, NaN is ignored, and negative time is none")
    func histogramEdges() {
        let registry = PrometheusRegistry()
        registry.describe(histogram: "edge_seconds", help: "Edges.", buckets: [0, 1])
        let timer = Timer(label: "edge", factory: registry)
        timer.recordNanoseconds(-5 as Int64)
        timer.recordSeconds(1)
        Recorder(label: "edge_seconds", factory: registry).record(Double.nan)
        let page = registry.exposition()
        #expect(page.contains("edge_seconds_bucket{le=\"0\"} 1\nedge_seconds_bucket{le=\"1\"} 2\n"))
        #expect(page.contains("edge_seconds_sum 1\nedge_seconds_count 2\n"))
    }

    @Test("buckets are put in order, without repeats and what is not finite")
    func buckets() {
        #expect(HistogramBuckets([2, 1, 2, .infinity, .nan]).bounds == [1, 2])
        #expect(HistogramBuckets.exponential(start: 1, factor: 4, count: 3) == [1, 4, 16])
    }

    @Test("a destroyed metric keeps its series, which others may share")
    func destroy() {
        let registry = PrometheusRegistry()
        let one = Counter(label: "shared", factory: registry)
        let other = Counter(label: "shared", factory: registry)
        one.increment()
        one.destroy()
        other.increment()
        #expect(registry.exposition().contains("shared_total 2\n"))
    }

    @Test("a description that contradicts the metric's use stops the program")
    func contradiction() async {
        await #expect(processExitsWith: .failure) {
            let registry = PrometheusRegistry()
            registry.describe(counter: "x_total", help: "A counter.")
            registry.describe(gauge: "x_total", help: "A gauge.")
        }
    }
}
