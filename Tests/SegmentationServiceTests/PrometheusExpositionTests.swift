import CoreMetrics
import Testing

@testable import SegmentationService

@Suite("Prometheus exposition")
struct PrometheusExpositionTests {
    @Test("all types of metric make the expected page, in order of name and labels")
    func golden() {
        let registry = PrometheusRegistry()
        registry.describe(counter: "clipseg_http_requests_total", help: "Requests answered.")
        registry.describe(histogram: "clipseg_stage_seconds", help: "Time by stage.", buckets: [0.01, 0.1, 1])
        registry.describe(histogram: "clipseg_prompts", help: "Prompts per request.", buckets: [1, 2, 4])
        registry.describe(gauge: "clipseg_workers", help: "Workers by state.")
        registry.gauge("clipseg_queue_depth", help: "Requests that wait.") { 3 }

        let label = "clipseg_http_requests_total"
        Counter(label: label, dimensions: [("method", "POST"), ("code", "200")], factory: registry).increment(by: 2)
        Counter(label: label, dimensions: [("code", "404"), ("method", "GET")], factory: registry).increment()
        FloatingPointCounter(label: "clipseg_compute_seconds_total", factory: registry).increment(by: 0.25)
        Gauge(label: "clipseg_workers", dimensions: [("state", "busy")], factory: registry).record(1.5)
        let meter = Meter(label: "clipseg_workers", dimensions: [("state", "idle")], factory: registry)
        meter.set(4)
        meter.decrement()
        let prompts = Recorder(label: "clipseg_prompts", factory: registry)
        for count in [1, 2, 3, 9] { prompts.record(count) }
        let timer = Timer(label: "clipseg_stage", dimensions: [("stage", "decode")], factory: registry)
        timer.recordMilliseconds(10)
        timer.recordMilliseconds(40)
        timer.recordSeconds(7)

        let expected = """
            # TYPE clipseg_compute_seconds_total counter
            clipseg_compute_seconds_total 0.25
            # HELP clipseg_http_requests_total Requests answered.
            # TYPE clipseg_http_requests_total counter
            clipseg_http_requests_total{code="200",method="POST"} 2
            clipseg_http_requests_total{code="404",method="GET"} 1
            # HELP clipseg_metrics_dropped_series_total Times a series was refused because its metric had too many of \
            them or was of another type.
            # TYPE clipseg_metrics_dropped_series_total counter
            clipseg_metrics_dropped_series_total 0
            # HELP clipseg_prompts Prompts per request.
            # TYPE clipseg_prompts histogram
            clipseg_prompts_bucket{le="1"} 1
            clipseg_prompts_bucket{le="2"} 2
            clipseg_prompts_bucket{le="4"} 3
            clipseg_prompts_bucket{le="+Inf"} 4
            clipseg_prompts_sum 15
            clipseg_prompts_count 4
            # HELP clipseg_queue_depth Requests that wait.
            # TYPE clipseg_queue_depth gauge
            clipseg_queue_depth 3
            # HELP clipseg_stage_seconds Time by stage.
            # TYPE clipseg_stage_seconds histogram
            clipseg_stage_seconds_bucket{stage="decode",le="0.01"} 1
            clipseg_stage_seconds_bucket{stage="decode",le="0.1"} 2
            clipseg_stage_seconds_bucket{stage="decode",le="1"} 2
            clipseg_stage_seconds_bucket{stage="decode",le="+Inf"} 3
            clipseg_stage_seconds_sum{stage="decode"} 7.05
            clipseg_stage_seconds_count{stage="decode"} 3
            # HELP clipseg_workers Workers by state.
            # TYPE clipseg_workers gauge
            clipseg_workers{state="busy"} 1.5
            clipseg_workers{state="idle"} 3

            """
        #expect(registry.exposition() == expected)
    }

    @Test("label values and help texts are escaped, a carriage return before a line feed included")
    func escaping() {
        let registry = PrometheusRegistry()
        registry.describe(gauge: "g", help: "a \"quoted\" back\\slash\nand\r\nlines")
        Gauge(label: "g", dimensions: [("path", "C:\\dir\n\"é\"\r\n")], factory: registry).record(1)
        let page = registry.exposition()
        #expect(page.contains("# HELP g a \"quoted\" back\\\\slash\\nand\r\\nlines\n"))
        #expect(page.contains("g{path=\"C:\\\\dir\\n\\\"é\\\"\r\\n\"} 1\n"))
    }

    @Test(
        "numbers are written as Prometheus reads them",
        arguments: [
            (0, "0"), (-0.0, "0"), (1, "1"), (-17, "-17"), (0.1, "0.1"), (1_048_576, "1048576"), (5e-7, "5e-07"),
            (1e300, "1e+300"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"),
        ] as [(Double, String)])
    func numbers(value: Double, text: String) {
        #expect(value.prometheusText == text)
    }

    @Test("a metric that is described but never used is not exported")
    func describedOnly() {
        let registry = PrometheusRegistry()
        registry.describe(counter: "silent_total", help: "Nothing yet.")
        #expect(!registry.exposition().contains("silent"))
    }

    @Test("a callback without an answer leaves its metric out, and may use the registry itself")
    func callbacks() {
        let registry = PrometheusRegistry()
        registry.gauge("absent", help: "Never there.") { nil }
        registry.counter("scrapes", help: "Scrapes.", dimensions: [("by", "test")]) { [weak registry] in
            guard let registry else { return nil }
            Counter(label: "inner", factory: registry).increment()
            return 5
        }
        #expect(!registry.exposition().contains("absent"))
        let page = registry.exposition()
        #expect(page.contains("# TYPE scrapes_total counter\nscrapes_total{by=\"test\"} 5\n"))
        #expect(page.contains("inner_total 1\n"))
    }

    @Test("a callback registered again replaces the first")
    func replacedCallback() {
        let registry = PrometheusRegistry()
        registry.gauge("depth", help: "Old.") { 1 }
        registry.gauge("depth", help: "New.") { 2 }
        #expect(registry.exposition().contains("# HELP depth New.\n# TYPE depth gauge\ndepth 2\n"))
    }
}
