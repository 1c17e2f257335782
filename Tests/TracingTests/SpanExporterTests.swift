import Foundation
import HTTPServer
import Logging
import Synchronization
import TestCollector
import Testing

@testable import Tracing

/// Against a collector that behaves, and ones that do not: nobody who adds spans waits, and every span is accounted for.
@Suite struct SpanExporterTests {
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"

    private static func spans(_ count: Int, name: String = "stage") -> [Span] {
        (0..<count).map { _ in
            Span(
                traceID: traceID, parentID: nil, name: name, kind: .internal, start: 1_000, duration: .nanoseconds(250))
        }
    }

    private static func exporter(
        _ address: String, logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        _ configure: (inout TracingConfiguration) -> Void = { _ in }
    ) -> SpanExporter {
        var configuration = TracingConfiguration(endpoint: address + "/v1/traces", serviceName: "masks")
        configuration.retryDelays = [.milliseconds(10), .milliseconds(10)]
        configuration.delay = .milliseconds(10)
        configure(&configuration)
        return SpanExporter(configuration, logger: logger)
    }

    private static func status(_ code: Int, retryAfter: String = "0") -> HTTPReply {
        .now(HTTPResponse(status: HTTPStatus(code: code, reason: "No"), headers: ["Retry-After": retryAfter]))
    }

    /// On a thread of its own, as it blocks.
    private static func shutdown(_ exporter: SpanExporter, within duration: Duration = .seconds(60)) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                exporter.shutdown(within: duration)
                continuation.resume()
            }
        }
    }

    @Test("Spans arrive as OTLP writes them") func arrives() async throws {
        let collector = TestCollector()
        try await collector.run { address in
            let exporter = Self.exporter(address) { $0.headers = [("api-key", "secret")] }
            var span = Span(
                traceID: Self.traceID, parentID: "b7ad6b7169203331", name: "POST /v1/segment", kind: .server,
                start: 1_700_000_000_123_456_789, duration: .microseconds(5))
            span.attributes = [("http.route", .text("/v1/segment \"")), ("http.response.status_code", .integer(500))]
            span.hasFailed = true
            exporter.add([span] + Self.spans(1))
            await Self.shutdown(exporter)
            #expect(exporter.statistics == .init(exported: 2))

            let found = try #require(try collector.spans().first)
            #expect(found.traceId == Self.traceID && found.spanId == span.id)
            #expect(found.parentSpanId == "b7ad6b7169203331" && found.name == "POST /v1/segment" && found.kind == 2)
            #expect(found.startTimeUnixNano == "1700000000123456789" && found.endTimeUnixNano == "1700000000123461789")
            #expect(found["http.route"] == "/v1/segment \"" && found["http.response.status_code"] == "500")
            #expect(found.status?.code == 2)
            #expect(try collector.spans().last?.status == nil && collector.spans().last?.parentSpanId == nil)
            #expect(try collector.resource() == ["service.name": "masks"])
            let request = try #require(collector.requests.first)
            #expect(request.method == .post && request.path == "/v1/traces")
            #expect(request.headers["Content-Type"] == "application/json" && request.headers["api-key"] == "secret")
        }
    }

    @Test("Many spans go in batches") func batches() async throws {
        let collector = TestCollector()
        try await collector.run { address in
            let exporter = Self.exporter(address) { $0.maxBatch = 10 }
            for _ in 0..<25 { exporter.add(Self.spans(4)) }
            await Self.shutdown(exporter)
            #expect(exporter.statistics == .init(exported: 100))
            let ids = try collector.spans().map(\.spanId)
            #expect(ids.count == 100 && Set(ids).count == 100)
            #expect(collector.requests.count >= 10)
        }
    }

    @Test("A collector that is busy for a while is asked again", arguments: [429, 502, 503, 504])
    func busy(code: Int) async throws {
        let collector = TestCollector { $0 < 2 ? Self.status(code) : nil }
        try await collector.run { address in
            let exporter = Self.exporter(address)
            exporter.add(Self.spans(3))
            while exporter.statistics == .init() { try await Task.sleep(for: .milliseconds(5)) }
            #expect(exporter.statistics == .init(exported: 3))
            #expect(collector.requests.count == 3)
            await Self.shutdown(exporter)
        }
    }

    @Test(
        "A collector that stays busy is given up, and one that refuses is not asked again",
        arguments: [(503, 3), (400, 1), (302, 1)])
    func refuses(code: Int, attempts: Int) async throws {
        let collector = TestCollector { _ in Self.status(code) }
        try await collector.run { address in
            let exporter = Self.exporter(address)
            exporter.add(Self.spans(3))
            while exporter.statistics == .init() { try await Task.sleep(for: .milliseconds(5)) }
            #expect(exporter.statistics == .init(droppedAfterFailure: 3))
            #expect(collector.requests.count == attempts)
            await Self.shutdown(exporter)
        }
    }

    @Test(
        "A Retry-After that is no number of seconds is passed over",
        arguments: ["inf", "nan", "-5", "1e999", "Wed, 21 Oct 2015 07:28:00 GMT", "99999999999999999999", ""])
    func retryAfter(value: String) async throws {
        let collector = TestCollector { $0 < 1 ? Self.status(503, retryAfter: value) : nil }
        try await collector.run { address in
            let exporter = Self.exporter(address)
            exporter.add(Self.spans(3))
            await Self.shutdown(exporter)
            #expect(exporter.statistics == .init(exported: 3))
        }
    }

    @Test("Without a collector spans are dropped and counted, and that is said once") func dead() async throws {
        let warnings = Mutex(0)
        let logger = Logger(label: "test") { _ in CountingHandler { warnings.withLock { $0 += 1 } } }
        // Nobody listens on the port of a server that has ended.
        let address = try await TestCollector().run { $0 }
        let exporter = Self.exporter(address, logger: logger) { $0.maxBatch = 2 }
        for _ in 0..<3 { exporter.add(Self.spans(2)) }
        await Self.shutdown(exporter)
        #expect(exporter.statistics == .init(droppedAfterFailure: 6))
        #expect(warnings.withLock { $0 } == 1)
    }

    @Test("Behind a collector that never answers so many wait as there is room for, and the end is not held up")
    func slow() async throws {
        let collector = TestCollector { _ in
            .later {
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(10)) }
                return HTTPResponse(text: "too late")
            }
        }
        try await collector.run { address in
            let exporter = Self.exporter(address) {
                $0.maxBatch = 4
                $0.maxQueue = 10
                $0.timeout = .seconds(3600)
            }
            exporter.add(Self.spans(4))
            while collector.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            // Four are on their way; of these there is room for two, and none is taken in part.
            for _ in 0..<3 { exporter.add(Self.spans(4)) }
            #expect(exporter.statistics == .init(droppedForRoom: 4))
            // Had it to wait for the collector, this test would not end.
            await Self.shutdown(exporter, within: .milliseconds(50))
            exporter.add(Self.spans(1))
            #expect(exporter.statistics == .init(droppedForRoom: 5, droppedAfterFailure: 12))
        }
    }
}

private struct CountingHandler: LogHandler {
    var logLevel = Logger.Level.warning
    var metadata: Logger.Metadata = [:]
    let count: @Sendable () -> Void

    init(_ count: @escaping @Sendable () -> Void) {
        self.count = count
    }

    func log(event: LogEvent) { count() }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
