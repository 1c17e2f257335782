import Foundation
import HTTPServer
import Logging
import TestCollector
import Testing
import Tracing

@testable import SegmentationService

/// What the service tells a collector about its requests.
@Suite struct RequestTracingTests {
    private static let caller = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0"

    /// The spans, and the log's trace identifiers, after these requests have been answered.
    private func spans(
        after work: (SegmentationService) async throws -> Void
    ) async throws -> (spans: [TestCollector.Span], metrics: String) {
        let collector = TestCollector()
        return try await collector.run { address in
            let exporter = SpanExporter(
                TracingConfiguration(endpoint: address + "/v1/traces"), logger: ServiceFixture.logger)
            let service = SegmentationService(
                requestTimeout: .seconds(3600), logger: ServiceFixture.logger, spans: exporter)
            service.becomeReady(try #require(ServiceFixture.pool))
            try await work(service)
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    exporter.shutdown(within: .seconds(60))
                    continuation.resume()
                }
            }
            return (try collector.spans(), try await service.get("/metrics").text)
        }
    }

    private func answer(
        to response: HTTPResponse, path: String, traceparent: String? = nil, isComplete: Bool = true
    ) -> HTTPAnswer {
        var headers: HTTPHeaders = [:]
        headers["traceparent"] = traceparent
        return HTTPAnswer(
            id: "id-1", peer: SocketAddress(host: "192.0.2.1", port: 5), method: .post, path: path,
            requestHeaders: headers, status: response.status, refusal: nil, isComplete: isComplete, bytesReceived: 10,
            bytesSent: 20, duration: .seconds(100), sendDuration: .milliseconds(1), attachment: response.attachment)
    }

    @Test("A segmentation is a span of its trace, and each stage one within it") func stages() async throws {
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum").with("prompt", "taco")
        let (spans, metrics) = try await spans { service in
            let response = try await service.post(form)
            #expect(response.status == .ok)
            service.record(answer(to: response, path: "/v1/segment", traceparent: Self.caller + "1"))
        }
        let request = try #require(spans.first)
        #expect(request.traceId == "0af7651916cd43dd8448eb211c80319c" && request.parentSpanId == "b7ad6b7169203331")
        #expect(request.name == "POST /v1/segment" && request.kind == 2 && request.status == nil)
        #expect(request["http.response.status_code"] == "200" && request["clipseg.prompts"] == "2")
        #expect(request["clipseg.request_id"] == "id-1")

        let stages = spans.dropFirst()
        #expect(stages.map(\.name).first == "read" && stages.map(\.name).last == "write")
        #expect(Set(stages.map(\.name)).isSuperset(of: ["decode", "preprocess", "queue", "encode", "decode_mask"]))
        #expect(stages.allSatisfy { $0.traceId == request.traceId && $0.parentSpanId == request.spanId })
        #expect(stages.allSatisfy { $0.start >= request.start && $0.end <= request.end + 1_000_000 })
        let decode = try #require(stages.first { $0.name == "decode" })
        let encode = try #require(stages.first { $0.name == "encode" })
        #expect(decode.end <= encode.start && encode.start > 0)
        #expect(metrics.contains("clipseg_spans_exported_total \(spans.count)"))
        #expect(metrics.contains(#"clipseg_spans_dropped_total{reason="queue_full"} 0"#))
        #expect(!String(describing: spans).contains("drum"))
    }

    @Test("What the caller does not keep is not sent, nor are probes") func unsampled() async throws {
        let (spans, _) = try await spans { service in
            let response = HTTPResponse(status: .ok)
            service.record(answer(to: response, path: "/v1/segment", traceparent: Self.caller + "0"))
            service.record(answer(to: response, path: "/livez", traceparent: Self.caller + "1"))
            service.record(answer(to: response, path: "/metrics"))
        }
        #expect(spans.isEmpty)
    }

    @Test("Errors of ours and cut answers are errors, and strangers make up no names") func errors() async throws {
        let (spans, _) = try await spans { service in
            for status in [HTTPStatus.internalServerError, .notFound] {
                service.record(answer(to: HTTPResponse(status: status), path: "/made/up"))
            }
            service.record(answer(to: HTTPResponse(status: .ok), path: "/v1/model", isComplete: false))
        }
        #expect(spans.map(\.name) == ["POST other", "POST other", "POST /v1/model"])
        #expect(spans.map { $0.status?.code } == [2, nil, 2])
        #expect(spans.map(\.parentSpanId) == [nil, nil, nil])
        #expect(Set(spans.map(\.traceId)).count == 3)
        #expect(spans[2]["error.type"] == "cut")
    }
}
