import Testing

@testable import SegmentationService

@Suite("Prometheus names")
struct PrometheusNamingTests {
    @Test(
        "metric names are sanitised",
        arguments: [
            ("http_requests", "http_requests"), ("ns:rate", "ns:rate"), ("http.server-load", "http_server_load"),
            ("2fast", "_2fast"), ("größe", "gr__e"), ("", "_"),
        ])
    func plain(label: String, name: String) {
        #expect(MetricName.plain(label) == name)
    }

    @Test("counters end in _total and timers in _seconds, once")
    func suffixes() {
        #expect(MetricName.counter("hits") == "hits_total")
        #expect(MetricName.counter("hits_total") == "hits_total")
        #expect(MetricName.timer("wait") == "wait_seconds")
        #expect(MetricName.timer("wait_seconds") == "wait_seconds")
    }

    @Test(
        "label names are sanitised and kept out of Prometheus' own",
        arguments: [
            ("code", "code"), ("a:b", "a_b"), ("9", "_9"), ("", "_"), ("__name__", "_name__"), ("le", "exported_le"),
            ("quantile", "exported_quantile"),
        ])
    func labels(raw: String, name: String) {
        #expect(MetricName.label(raw) == name)
    }

    @Test("the order of dimensions does not matter, the last of a name counts, and empty values are no labels")
    func labelSets() {
        #expect(LabelSet([("b", "2"), ("a", "1")]) == LabelSet([("a", "1"), ("b", "2")]))
        #expect(LabelSet([("a", "1"), ("a", "2")]).text == "a=\"2\"")
        #expect(LabelSet([("a", "")]) == LabelSet())
    }
}
