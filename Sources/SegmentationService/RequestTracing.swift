internal import Glibc
internal import HTTPServer
internal import Segmentation
internal import Tracing

/// Makes spans of requests: one for each, and within it one for each stage.
struct RequestTracing: Sendable {
    private let exporter: SpanExporter

    init(_ exporter: SpanExporter) {
        self.exporter = exporter
    }

    /// What became of a request, as part of a trace. Never what was asked about.
    ///
    /// - Parameters:
    ///   - route: A path that exists, so that strangers can't make up names.
    ///   - instant: When the answer's last byte went out.
    func record(_ answer: HTTPAnswer, _ trace: TraceContext, route: String, at instant: ContinuousClock.Instant = .now)
    {
        guard exporter.sampler.keeps(trace) else { return }
        let clock = Clock(instant)
        let began = instant - answer.duration
        let method = answer.method?.rawValue ?? "HTTP"
        var request = Span(
            traceID: trace.traceID, parentID: trace.parentID, name: "\(method) \(route)", kind: .server,
            start: clock.nanoseconds(at: began), duration: answer.duration)
        request.attributes = [
            ("http.request.method", .text(method)), ("http.route", .text(route)),
            ("http.request.size", .integer(answer.bytesReceived)),
            ("http.response.size", .integer(answer.bytesSent)), ("clipseg.request_id", .text(answer.id)),
        ]
        if let status = answer.status {
            request.attributes.append(("http.response.status_code", .integer(status.code)))
        }
        request.hasFailed = (answer.status?.code ?? 500) >= 500
        if !answer.isComplete {
            request.attributes.append(("error.type", .text("cut")))
            request.hasFailed = true
        }
        var spans: [Span] = []
        if let work = answer.attachment as? TracedWork {
            if work.prompts > 0 { request.attributes.append(("clipseg.prompts", .integer(work.prompts))) }
            func stage(_ name: String, _ start: ContinuousClock.Instant, _ duration: Duration) {
                spans.append(
                    Span(
                        traceID: trace.traceID, parentID: request.id, name: name, kind: .internal,
                        start: clock.nanoseconds(at: start), duration: duration))
            }
            stage("read", began, work.receiveDuration)
            for part in work.timings.stages { stage(part.name, part.start, part.duration) }
            stage("write", instant - answer.sendDuration, answer.sendDuration)
        }
        exporter.add([request] + spans)
    }

    /// Tells the time of day of instants that are not long ago.
    private struct Clock {
        private let instant: ContinuousClock.Instant
        private let nanoseconds: UInt64

        init(_ instant: ContinuousClock.Instant) {
            self.instant = instant
            var now = timespec()
            clock_gettime(CLOCK_REALTIME, &now)
            nanoseconds = UInt64(now.tv_sec) * 1_000_000_000 + UInt64(now.tv_nsec)
        }

        func nanoseconds(at other: ContinuousClock.Instant) -> UInt64 {
            let difference = Int64(other.duration(to: instant) / .nanoseconds(1))
            return difference >= 0 ? nanoseconds - UInt64(difference) : nanoseconds + difference.magnitude
        }
    }
}

/// What the server hands back with an answer that a model has had a part in.
struct TracedWork: Sendable {
    let prompts: Int
    let receiveDuration: Duration
    let timings: StageTimings
}
