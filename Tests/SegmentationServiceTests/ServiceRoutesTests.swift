import Foundation
import Glibc
import HTTPServer
import Segmentation
import Testing

@testable import SegmentationService

@Suite struct ServiceRoutesTests {
    @Test("Before the model is loaded the service lives, but is not ready")
    func loading() async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        #expect(try await service.get("/livez").status == .ok)
        for path in ["/readyz", "/healthz", "/v1/model"] {
            let response = try await service.get(path)
            #expect(response.status == .serviceUnavailable)
            #expect(response.headers["Retry-After"] != nil)
            #expect(try response.problem().code == "not_ready")
        }
        let form = Form().with(file: [1]).with("prompt", "x")
        #expect(try await service.post(form).status == .serviceUnavailable)
    }

    @Test("While draining the service is not ready, but still answers")
    func draining() async throws {
        let service = try ServiceFixture.ready()
        #expect(try await service.get("/readyz").status == .ok)
        service.beginDraining()
        #expect(try await service.get("/readyz").status == .serviceUnavailable)
        #expect(try await service.get("/livez").status == .ok)
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        #expect(try await service.post(form).status == .ok)
    }

    @Test("A service that goes away while its model is loaded does not become ready")
    func drainingBeforeReady() async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        service.beginDraining()
        #expect(!service.becomeReady(try #require(ServiceFixture.pool)))
        let response = try await service.get("/readyz")
        #expect(response.status == .serviceUnavailable)
        #expect(try response.problem().detail.contains("shutting down"))
    }

    @Test("Once nobody can connect to its server any more, the service is not ready", .timeLimit(.minutes(5)))
    func lostListener() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        try #require(listen(listener, 1) == 0)
        defer { close(listener) }
        var configuration = HTTPServerConfiguration()
        configuration.endpoint = .inherited(descriptor: dup(listener))
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        let server = HTTPServer(configuration: configuration, logger: ServiceFixture.logger, handler: service.reply)
        service.watch(server)
        service.becomeReady(try #require(ServiceFixture.pool))
        try server.start()
        #expect(try await service.get("/readyz").status == .ok)
        // Whoever shares the socket can do that.
        try #require(Glibc.shutdown(listener, Int32(SHUT_RD)) == 0)
        var response = try await service.get("/readyz")
        while response.status == .ok {
            try await Task.sleep(for: .milliseconds(10))
            response = try await service.get("/readyz")
        }
        #expect(response.status == .serviceUnavailable)
        #expect(try response.problem().detail.contains("restarted"))
        await server.shutdown(within: .seconds(10))
    }

    @Test("/v1/model says what is loaded, and that it is only the demo")
    func model() async throws {
        struct Model: Decodable {
            let name: String
            let demo: Bool
            let note: String
            let precision: String
        }
        let response = try await ServiceFixture.ready().get("/v1/model")
        let model = try JSONDecoder().decode(Model.self, from: Data(response.body))
        #expect(model.name == "clipseg-demo")
        #expect(model.demo)
        #expect(model.note.contains("not photographs"))
        #expect(model.precision == "fp32")
    }

    @Test("/metrics is not written on the event loop")
    func metricsLater() throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        let request = try HTTPRequest(method: .get, target: "/metrics")
        for reply in [service.reply(to: request), service.adminReply(to: request)] {
            guard case .later = reply else {
                Issue.record("written at once")
                continue
            }
        }
    }

    @Test("An answer for which there was no memory is among the rejections, and counted once, as what was sent")
    func bufferFull() async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        _ = await service.serve(try HTTPRequest(method: .get, target: "/livez"), refusing: .bufferFull)
        let text = try await service.get("/metrics").text
        #expect(text.contains(#"clipseg_rejections_total{reason="buffer_full"} 1"#))
        #expect(Self.requests(in: text) == [#"{method="GET",route="/livez",status="503"} 1"#])
    }

    @Test(
        "Connections turned away are among the rejections",
        arguments: ["too_many_connections", "too_many_connections_from_address"])
    func turnedAway(code: String) async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        let refusal = HTTPProblem(status: .serviceUnavailable, code: code, detail: "x")
        service.record(
            HTTPAnswer(
                id: "1", peer: SocketAddress(host: "192.0.2.1", port: 5), method: nil, path: nil, requestHeaders: [:],
                status: refusal.status, refusal: refusal, isComplete: true, bytesReceived: 0, bytesSent: 20,
                duration: .zero))
        #expect(try await service.get("/metrics").text.contains("clipseg_rejections_total{reason=\"\(code)\"} 1\n"))
    }

    @Test(
        "A request that comes before there is a model is among the rejections; a question whether there is one is not")
    func notReady() async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        #expect(try await service.get("/readyz").status == .serviceUnavailable)
        #expect(try await service.post(Form().with("text", "a"), target: "/v1/tokenize").status == .serviceUnavailable)
        #expect(try await service.get("/metrics").text.contains("clipseg_rejections_total{reason=\"not_ready\"} 1\n"))
    }

    @Test(
        "A request whose client was gone before its answer could be sent is none that was answered",
        arguments: [nil, HTTPStatus.ok])
    func unanswered(status: HTTPStatus?) async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        let request = try HTTPRequest(method: .get, target: "/livez")
        _ = await service.answer(request)
        service.record(
            HTTPAnswer(
                id: request.id, peer: request.peer, method: .get, path: "/livez", requestHeaders: [:], status: status,
                refusal: nil, isComplete: false, bytesReceived: 1, bytesSent: 0, duration: .seconds(1)))
        let text = try await service.get("/metrics").text
        #expect(Self.requests(in: text) == [])
        #expect(text.contains("clipseg_http_requests_in_flight 1\n"))
    }

    /// The series of answers, without their name.
    private static func requests(in text: String) -> [Substring] {
        text.split(separator: "\n").filter { $0.hasPrefix("clipseg_http_requests_total") }
            .map { $0.dropFirst("clipseg_http_requests_total".count) }
    }

    @Test("/metrics tells what a server's clients make it keep, and the most of it")
    func buffers() async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        var configuration = HTTPServerConfiguration(port: 0)
        configuration.limits.maxBufferedBytes = 12345
        let server = HTTPServer(configuration: configuration, handler: service.reply)
        service.watch(server)
        let text = try await service.get("/metrics").text
        #expect(text.contains("clipseg_buffer_memory_bytes 0\n"))
        #expect(text.contains("clipseg_buffer_memory_limit_bytes 12345\n"))
    }

    @Test("Documents are in memory whoever reads them", arguments: ["/openapi.yaml", "/", "/docs", "/example.jpg"])
    func sharedDocuments(path: String) async throws {
        #expect(try await ServiceFixture.ready().get(path).sharesBody)
    }

    @Test("/metrics counts requests by known routes only")
    func metrics() async throws {
        let service = try ServiceFixture.ready()
        for path in ["/livez", "/no/such/thing/1", "/no/such/thing/2"] {
            _ = await service.serve(try HTTPRequest(method: .get, target: path))
        }
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum").with("prompt", "balloon")
        _ = try await service.post(form)
        let text = try await service.get("/metrics").text
        #expect(text.contains(#"clipseg_http_requests_total{method="GET",route="/livez",status="200"} 1"#))
        #expect(text.contains(#"clipseg_http_requests_total{method="GET",route="other",status="404"} 2"#))
        #expect(text.contains(#"clipseg_http_request_duration_seconds_sum{route="other"} 2"#))
        #expect(text.contains("clipseg_prompts_total 2"))
        #expect(text.contains(#"clipseg_stage_duration_seconds_count{stage="encode"} 1"#))
        #expect(text.contains("clipseg_request_prompts_sum 2"))
        #expect(text.contains("clipseg_request_prompts_count 1"))
        #expect(text.contains("clipseg_http_requests_in_flight 1"))
        #expect(text.contains("process_resident_memory_bytes"))
        #expect(text.contains(#"clipseg_build_info{version="\#(clipsegVersion)"} 1"#))
        #expect(!text.contains("/no/such"))
    }

    @Test("Each stage of a segmentation has its histogram, and each reason for a rejection its counter")
    func stageMetrics() async throws {
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        let pool = ModelPool(try #require(ServiceFixture.pool).model, workers: 1, maxQueue: 7)
        service.becomeReady(pool)
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        #expect(try await service.post(form).status == .ok)
        for (path, status, isComplete) in [
            ("/v1/segment", HTTPStatus.ok, true), ("/v1/segment", .ok, false), ("/v1/segment", .badRequest, true),
            ("/livez", .ok, true),
        ] {
            service.record(
                HTTPAnswer(
                    id: "1", peer: SocketAddress(host: "192.0.2.1", port: 5), method: .post, path: path,
                    requestHeaders: [:], status: status, refusal: nil, isComplete: isComplete, bytesReceived: 1,
                    bytesSent: 1, duration: .seconds(3), sendDuration: .seconds(2)))
        }
        let late = try await service.post(form, headers: ["X-Request-Timeout": "1e-9"])
        #expect(late.status == .serviceUnavailable)
        // It has been answered, and may still be on its way out.
        while pool.queue.admitted > 0 { try await Task.sleep(for: .milliseconds(1)) }

        let text = try await service.get("/metrics").text
        for stage in [
            "read", "decode", "preprocess", "queue", "encode", "text", "decode_mask", "postprocess", "encode_png",
            "write",
        ] {
            #expect(text.contains(#"clipseg_stage_duration_seconds_count{stage="\#(stage)"} 1"#), "\(stage)")
        }
        #expect(text.contains(#"clipseg_stage_duration_seconds_sum{stage="write"} 2"#))
        #expect(text.contains(#"clipseg_rejections_total{reason="deadline"} 1"#))
        #expect(text.contains(#"clipseg_rejections_total{reason="queue_full"} 0"#))
        #expect(text.contains(#"clipseg_rejections_total{reason="client_gone"} 0"#))
        #expect(text.contains("clipseg_queue_limit 8"))
        for gauge in ["queue_depth", "model_queue_depth", "image_queue_depth", "decode_memory_bytes"] {
            #expect(text.contains("clipseg_\(gauge) 0\n"))
        }
    }

    @Test("/metrics tells how well the caches do")
    func cacheMetrics() async throws {
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        let model = try #require(ServiceFixture.pool).model
        service.becomeReady(ModelPool(model, textCacheBytes: 12_345))
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        for _ in 0..<3 { #expect(try await service.post(form).status == .ok) }
        let text = try await service.get("/metrics").text
        for cache in ["image", "text"] {
            #expect(text.contains(#"clipseg_cache_hits_total{cache="\#(cache)"} 2"#))
            #expect(text.contains(#"clipseg_cache_misses_total{cache="\#(cache)"} 1"#))
            #expect(text.contains(#"clipseg_cache_evictions_total{cache="\#(cache)"} 0"#))
            #expect(!text.contains(#"clipseg_cache_bytes{cache="\#(cache)"} 0"#))
        }
        #expect(text.contains(#"clipseg_cache_limit_bytes{cache="text"} 12345"#))
    }

    @Test("/openapi.yaml is the file at the top of the repository, of this version")
    func openAPI() async throws {
        let file = try Data(contentsOf: ServiceFixture.root.appendingPathComponent("openapi.yaml"))
        let response = try await ServiceFixture.ready().get("/openapi.yaml")
        #expect(response.headers["Content-Type"] == "application/yaml")
        #expect(Data(response.body) == file)
        #expect(response.text.contains("version: \(clipsegVersion)"))
    }

    @Test("Every answer says how long it took", arguments: ["/livez", "/v1/model", "/no/such/thing"])
    func timing(path: String) async throws {
        let timing = try #require(try await ServiceFixture.ready().get(path).headers["Server-Timing"])
        #expect(timing.hasPrefix("read;dur=") && timing.contains("total;dur="))
    }

    @Test("Unknown paths and methods are answered by the book")
    func unknown() async throws {
        let service = try ServiceFixture.ready()
        #expect(try await service.get("/v2/segment").status == .notFound)
        let response = try await service.get("/v1/segment")
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers["Allow"]?.contains("POST") == true)
    }
}
