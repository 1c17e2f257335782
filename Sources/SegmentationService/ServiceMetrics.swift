import Compute
import HTTPServer
import Metrics
import Segmentation
import Tracing

/// What the service counts and measures, by the names that Prometheus sees.
struct ServiceMetrics: Sendable {
    let registry: PrometheusRegistry
    private let requests: RequestMetrics
    private let inFlight: Meter

    /// Why a request that could have been answered was not.
    enum Rejection: String, CaseIterable {
        case queueFull = "queue_full"
        case deadline
        case clientGone = "client_gone"
        case notReady = "not_ready"
        // The server's own, by their codes.
        case bufferFull = "buffer_full"
        case tooManyConnections = "too_many_connections"
        case tooManyConnectionsFromAddress = "too_many_connections_from_address"
    }

    private enum Name {
        static let stages = "clipseg_stage_duration_seconds"
        static let inFlight = "clipseg_http_requests_in_flight"
        static let prompts = "clipseg_prompts_total"
        static let requestPrompts = "clipseg_request_prompts"
        static let rejections = "clipseg_rejections_total"
    }

    init(registry: PrometheusRegistry = PrometheusRegistry()) {
        self.registry = registry
        requests = RequestMetrics(registry: registry)
        inFlight = Meter(label: Name.inFlight, dimensions: [], factory: registry)
        registry.describe(
            histogram: Name.stages, help: "Time spent in each stage of a request that was answered.",
            buckets: .exponential(start: 0.0005, factor: 2, count: 17))
        registry.describe(gauge: Name.inFlight, help: "Requests being answered.")
        registry.describe(counter: Name.prompts, help: "Prompts segmented.")
        registry.describe(
            histogram: Name.requestPrompts, help: "Prompts in a request.",
            buckets: .exponential(start: 1, factor: 2, count: 7))
        registry.describe(
            counter: Name.rejections, help: "Requests not answered for want of capacity, or of a caller, by reason.")
        // A rate needs a value from before the first one.
        for reason in Rejection.allCases { counter(reason).increment(by: 0) }
        registry.gauge(
            "clipseg_build_info", help: "The version, as a label.", dimensions: [("version", clipsegVersion)]
        ) { 1 }
        ProcessMetrics.register(in: registry)
    }

    /// Adds what is only known once there is a model.
    func describe(_ pool: ModelPool) {
        let model = pool.model
        registry.gauge(
            "clipseg_model_info", help: "The model, as labels.",
            dimensions: [
                ("model", model.name), ("precision", model.precision.rawValue),
                ("demo", model.isDemo ? "true" : "false"),
            ]
        ) { 1 }
        registry.gauge("clipseg_queue_depth", help: "Requests being answered or waiting to be.") {
            Double(pool.queue.admitted)
        }
        registry.gauge("clipseg_queue_limit", help: "The most requests being answered or waiting to be.") {
            Double(pool.queue.limit)
        }
        registry.gauge("clipseg_model_queue_depth", help: "Requests waiting for a worker that computes.") {
            Double(pool.queue.waitingForModel)
        }
        registry.gauge(
            "clipseg_image_queue_depth",
            help: "Requests waiting for a worker or memory to decode an image or encode an answer."
        ) { Double(pool.queue.waitingForImages) }
        registry.gauge(
            "clipseg_decode_memory_bytes", help: "Set aside for images being decoded and answers being drawn."
        ) { Double(pool.queue.decodeMemory) }
        registry.gauge(
            "clipseg_decode_memory_limit_bytes", help: "The most of it, unless a single picture takes more."
        ) { Double(pool.queue.decodeMemoryLimit) }
        describe("image") { pool.imageCache }
        describe("text") { pool.textCache }
    }

    private func describe(_ cache: String, _ statistics: @escaping @Sendable () -> CacheStatistics) {
        let dimensions = [("cache", cache)]
        registry.counter(
            "clipseg_cache_hits_total", help: "Encodings that did not have to be computed.", dimensions: dimensions
        ) { Double(statistics().hits) }
        registry.counter(
            "clipseg_cache_misses_total", help: "Encodings that had to be computed.", dimensions: dimensions
        ) { Double(statistics().misses) }
        registry.counter(
            "clipseg_cache_evictions_total", help: "Encodings that made room for others.", dimensions: dimensions
        ) { Double(statistics().evictions) }
        registry.gauge("clipseg_cache_bytes", help: "What the kept encodings take.", dimensions: dimensions) {
            Double(statistics().bytes)
        }
        registry.gauge(
            "clipseg_cache_limit_bytes", help: "What the kept encodings may take.", dimensions: dimensions
        ) { Double(statistics().limit) }
    }

    /// Adds what a server's clients make it keep.
    func describe(_ server: HTTPServer) {
        registry.gauge(
            "clipseg_buffer_memory_bytes", help: "Bodies that are received or worked on, and answers not yet sent."
        ) { [weak server] in Double(server?.bufferedBytes ?? 0) }
        let limit = server.bufferLimit
        registry.gauge(
            "clipseg_buffer_memory_limit_bytes", help: "The most of it, unless a single body or answer takes more."
        ) { Double(limit) }
    }

    /// Adds what becomes of spans.
    func describe(_ spans: SpanExporter) {
        registry.counter("clipseg_spans_exported_total", help: "Spans that the collector took.", dimensions: []) {
            Double(spans.statistics.exported)
        }
        for (reason, count) in [
            ("queue_full", \SpanExporter.Statistics.droppedForRoom), ("not_taken", \.droppedAfterFailure),
        ] as [(String, KeyPath<SpanExporter.Statistics, Int> & Sendable)] {
            registry.counter(
                "clipseg_spans_dropped_total", help: "Spans that did not reach the collector, by reason.",
                dimensions: [("reason", reason)]
            ) { Double(spans.statistics[keyPath: count]) }
        }
    }

    func began() {
        inFlight.increment()
    }

    func ended() {
        inFlight.decrement()
    }

    /// - Parameter route: A path that exists, so that strangers can't make up labels.
    func answered(route: String, method: HTTPMethod?, status: HTTPStatus, duration: Duration) {
        requests.answered(route: route, method: method?.rawValue ?? "other", status: status, duration: duration)
    }

    func segmented(prompts: Int) {
        Counter(label: Name.prompts, dimensions: [], factory: registry).increment(by: prompts)
        Recorder(label: Name.requestPrompts, dimensions: [], aggregate: true, factory: registry).record(prompts)
    }

    /// The model has done its part of an answer.
    func answered(_ request: HTTPRequest, _ timings: StageTimings) {
        took(request.receiveDuration, "read")
        for stage in timings.stages { took(stage.duration, stage.name) }
    }

    /// The answer to a segmentation has gone out whole.
    func sent(after duration: Duration) {
        took(duration, "write")
    }

    private func took(_ duration: Duration, _ stage: String) {
        Timer(label: Name.stages, dimensions: [("stage", stage)], factory: registry).record(duration: duration)
    }

    func rejected(_ reason: Rejection) {
        counter(reason).increment()
    }

    private func counter(_ reason: Rejection) -> Counter {
        Counter(label: Name.rejections, dimensions: [("reason", reason.rawValue)], factory: registry)
    }
}
