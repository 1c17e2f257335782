import HTTPServer
import Logging
import Segmentation
import Synchronization
import Testing

@testable import SegmentationService

@Suite struct AccessLogTests {
    private static func answer(
        _ status: HTTPStatus?, path: String = "/livez", headers: HTTPHeaders = [:], refusal: HTTPProblem? = nil,
        isComplete: Bool = true
    ) -> HTTPAnswer {
        HTTPAnswer(
            id: "id-1", peer: SocketAddress(host: "192.0.2.1", port: 5), method: .get, path: path,
            requestHeaders: headers, status: status, refusal: refusal, isComplete: isComplete, bytesReceived: 10,
            bytesSent: 20, duration: .microseconds(1234))
    }

    private static let log = AccessLog(logger: ServiceFixture.logger, scope: .all)

    @Test("Behind a trusted proxy, the line names the client too") func proxied() {
        var log = Self.log
        log.proxies = TrustedProxies(["192.0.2.0/24"])
        let metadata = log.metadata(Self.answer(.ok, headers: ["X-Forwarded-For": "203.0.113.9"]), traceID: nil)
        #expect(metadata["client"] == "203.0.113.9" && metadata["peer"] == "192.0.2.1:5")
    }

    @Test("A line says who, what, and what came of it") func fields() {
        #expect(
            Self.log.metadata(Self.answer(.ok), traceID: "0af7651916cd43dd8448eb211c80319c").mapValues { "\($0)" } == [
                "id": "id-1", "peer": "192.0.2.1:5", "method": "GET", "path": "/livez", "status": "200",
                "bytes_in": "10",
                "bytes_out": "20", "duration_ms": "1.234", "trace_id": "0af7651916cd43dd8448eb211c80319c",
            ])
        let cut = Self.log.metadata(Self.answer(nil, isComplete: false), traceID: nil)
        #expect(cut["status"] == nil && cut["cut"].map { "\($0)" } == "true")
        let long = Self.log.metadata(Self.answer(.notFound, path: String(repeating: "é", count: 4000)), traceID: nil)
        #expect(long["path"].map { "\($0)".utf8.count < 300 } == true)
    }

    @Test("The stages of a segmentation end with sending its answer") func stages() {
        var answer = Self.answer(.ok)
        answer.sendDuration = .microseconds(2500)
        answer.metadata["stages"] = AccessLog.stages(StageTimings(), after: .microseconds(500))
        guard case .dictionary(let stages) = Self.log.metadata(answer, traceID: nil)["stages"] else {
            Issue.record("no stages")
            return
        }
        #expect(stages.mapValues { "\($0)" } == ["read": "0.5", "write": "2.5"])
    }

    @Test(
        "The scope decides which requests get a line",
        arguments: [(AccessLogScope.all, 4), (.errors, 3), (.none, 0)])
    func scope(_ scope: AccessLogScope, _ count: Int) {
        let lines = Mutex(0)
        let logger = Logger(label: "test") { label in
            LineLogHandler(label: label, format: .text) { _ in lines.withLock { $0 += 1 } }
        }
        let log = AccessLog(logger: logger, scope: scope)
        for answer in [
            Self.answer(.ok), Self.answer(.notFound), Self.answer(.ok, isComplete: false),
            Self.answer(nil, isComplete: false),
        ] { log.write(answer, traceID: nil) }
        #expect(lines.withLock { $0 } == count)
    }

    @Test("The service's own refusals have their code in the line") func codes() async throws {
        let response = try await ServiceFixture.ready().get("/nowhere")
        var answer = Self.answer(response.status, path: "/nowhere")
        answer.metadata = response.logMetadata
        #expect(Self.log.metadata(answer, traceID: nil)["code"] == "not_found")
    }

    @Test("Refusals that no handler saw are counted as of another route") func refusals() async throws {
        let service = try ServiceFixture.ready()
        let refusal = HTTPProblem(status: .headerFieldsTooLarge, code: "x", detail: "x")
        service.record(Self.answer(.headerFieldsTooLarge, path: "/livez", refusal: refusal))
        let text = try await service.get("/metrics").text
        #expect(text.contains(#"clipseg_http_requests_total{method="GET",route="other",status="431"} 1"#))
    }
}
