import Foundation
import HTTPServer
import Logging
import Testing

@testable import Segmentation
@testable import SegmentationService

/// What all routes share that ask the model.
@Suite struct ModelRoutingTests {
    /// Requests that can be answered, by route.
    static func request(
        _ path: String, headers: HTTPHeaders = [:], prompts: [String] = ["drum"]
    ) throws -> HTTPRequest {
        let image = Data(try ServiceFixture.scene()).base64EncodedString()
        let list = String(decoding: try JSONEncoder().encode(prompts), as: UTF8.self)
        let json =
            switch path {
            case "/v1/classify": #"{"image":"\#(image)","labels":\#(list)}"#
            case "/v1/embeddings": #"{"images":["\#(image)"],"texts":\#(list)}"#
            case "/v1/tokenize": #"{"texts":\#(list)}"#
            case "/hf/image-segmentation": #"{"inputs":"\#(image)","parameters":{"candidate_labels":\#(list)}}"#
            case "/v2/models/clipseg/infer":
                """
                {"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"data":["\(image)"]},
                {"name":"prompts","datatype":"BYTES","shape":[\(prompts.count)],"data":\(list)}],"outputs":[{"name":"mask"}]}
                """
            default: #"{"image":"\#(image)","prompts":\#(list)}"#
            }
        var headers = headers
        headers["Content-Type"] = "application/json"
        return try HTTPRequest(method: .post, target: path, headers: headers, body: Array(json.utf8))
    }

    static let paths = [
        "/v1/segment", "/v1/classify", "/v1/embeddings", "/v1/tokenize", "/hf/image-segmentation",
        "/v2/models/clipseg/infer",
    ]

    private static func code(_ response: HTTPResponse) -> Logger.MetadataValue? { response.logMetadata["code"] }

    @Test("A request is answered, timed, logged and counted under its route", arguments: paths)
    func answered(path: String) async throws {
        let service = try ServiceFixture.ready()
        let response = await service.serve(try Self.request(path))
        #expect(response.status == .ok, "\(response.text)")
        #expect(response.headers["Server-Timing"]?.contains("total;dur=") == true)
        #expect(response.logMetadata["prompt_count"] != nil && response.logMetadata["prompts"] == nil)
        let metrics = try await service.get("/metrics").text
        #expect(metrics.contains(#"clipseg_http_requests_total{method="POST",route="\#(path)",status="200"} 1"#))
        let segments = !["/v1/classify", "/v1/embeddings", "/v1/tokenize"].contains(path)
        #expect(metrics.contains("clipseg_prompts_total 1") == segments)
    }

    @Test("Bodies are read on none of Swift's threads, of which clocks need one")
    func readsElsewhere() async throws {
        let phase = ServicePhase()
        phase.becomeReady(try #require(ServiceFixture.pool))
        let routing = ModelRouting(
            phase: phase, metrics: ServiceMetrics(), requestTimeout: .seconds(3600), limits: RequestFields.Limits(),
            logsPrompts: false, logger: ServiceFixture.logger)
        var router = Router()
        routing.add("/read", to: &router) { _ in
            withUnsafeCurrentTask { $0 == nil }
        } answer: { _, isElsewhere, _, _ in
            HTTPResponse(text: "\(isElsewhere)")
        }
        guard case .later(let work) = router.reply(to: try HTTPRequest(method: .post, target: "/read")) else {
            Issue.record("answered at once")
            return
        }
        #expect(await work().text == "true")
    }

    @Test("The log is told the prompts only where it may know them", arguments: paths)
    func prompts(path: String) async throws {
        let service = SegmentationService(
            requestTimeout: .seconds(3600), logger: ServiceFixture.logger, logsPrompts: true)
        service.becomeReady(try #require(ServiceFixture.pool))
        let response = await service.answer(try Self.request(path))
        #expect(response.logMetadata["prompts"] == .array([.string("drum")]))
    }

    @Test("Before the model is loaded the answer is 503", arguments: paths)
    func notReady(path: String) async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        let response = await service.answer(try Self.request(path))
        #expect(response.status == .serviceUnavailable && Self.code(response) == "not_ready")
        #expect(response.headers["Retry-After"] == "1")
    }

    @Test("A deadline that has passed is answered 503, the caller's as well as the service's", arguments: paths)
    func deadline(path: String) async throws {
        let patient = try ServiceFixture.ready()
        let short = try Self.request(path, headers: ["X-Request-Timeout": "1e-9"])
        let hasty = SegmentationService(requestTimeout: .nanoseconds(1), logger: ServiceFixture.logger)
        hasty.becomeReady(try #require(ServiceFixture.pool))
        for (service, request) in [(patient, short), (hasty, try Self.request(path))] {
            let response = await service.answer(request)
            #expect(response.status == .serviceUnavailable && Self.code(response) == "deadline_passed")
        }
        let wrong = await patient.answer(try Self.request(path, headers: ["X-Request-Timeout": "soon"]))
        #expect(wrong.status == .badRequest && Self.code(wrong) == "invalid_parameter")
    }

    @Test("A full queue is answered 429 with Retry-After", arguments: paths)
    func queueFull(path: String) async throws {
        let pool = ModelPool(try #require(ServiceFixture.pool).model, workers: 1, maxQueue: 0)
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        service.becomeReady(pool)
        let response = try await pool.answering(by: nil) { _, _ in await service.answer(try Self.request(path)) }
        #expect(response.status == .tooManyRequests && Self.code(response) == "queue_full")
        #expect((response.headers["Retry-After"].flatMap { Int($0) } ?? 0) >= 1)
        #expect(await service.answer(try Self.request(path)).status == .ok)
    }

    @Test("While the queue is full a body is not even read; one that can't be read leaves room again", arguments: paths)
    func queueFullUnread(path: String) async throws {
        let pool = ModelPool(try #require(ServiceFixture.pool).model, workers: 1, maxQueue: 0)
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        service.becomeReady(pool)
        var broken = try Self.request(path)
        broken.body.removeLast()
        let refused = try await pool.answering(by: nil) { [broken] _, _ in await service.answer(broken) }
        #expect(Self.code(refused) == "queue_full")
        for _ in 0..<3 {
            #expect(await service.answer(broken).status == .badRequest)
            #expect(pool.queue.admitted == 0)
        }
        #expect(await service.answer(try Self.request(path)).status == .ok)
        #expect(pool.queue.admitted == 0)
    }

    @Test("A client that goes away is not computed for", arguments: paths)
    func cancelled(path: String) async throws {
        let service = try ServiceFixture.ready()
        let request = try Self.request(path)
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await service.answer(request)
        }
        task.cancel()
        #expect(Self.code(await task.value) == "cancelled")
    }

    @Test("An Accept header that excludes the answer is heeded", arguments: paths)
    func accept(path: String) async throws {
        let response = await (try ServiceFixture.ready()).answer(
            try Self.request(path, headers: ["Accept": "text/html"]))
        #expect(response.status == .notAcceptable && Self.code(response) == "not_acceptable")
    }

    @Test("Without a key, path or method that is right, the head alone is refused", arguments: paths)
    func early(path: String) async throws {
        var rules = AccessRules()
        rules.keys = try APIKeyStore { Array("alice:0123456789abcdef".utf8) }
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
        let key: HTTPHeaders = ["X-API-Key": "0123456789abcdef"]
        let cases: [(HTTPMethod, String, HTTPHeaders, Int)] = [
            (.post, path, [:], 401), (.put, path, key, 405), (.post, path + "/", key, 404),
        ]
        for (method, target, headers, status) in cases {
            let head = try HTTPRequest(method: method, target: target, headers: headers)
            let response = try #require(service.refusal(of: head))
            #expect(response.status.code == status)
            #expect(await service.answer(head).body == response.body)
        }
        #expect(service.refusal(of: try HTTPRequest(method: .post, target: path, headers: key)) == nil)
    }

    @Test(
        "A protocol's errors are in its own form",
        arguments: [
            ("/v2", ["error"]), ("/v2/nope", ["error"]), ("/hf/nope", ["code", "error"]), ("/v22", ["code"]),
            ("/hf", ["code"]), ("/x", ["code"]),
        ])
    func errorFormat(path: String, members: [String]) async throws {
        let response = await (try ServiceFixture.ready()).answer(try HTTPRequest(method: .delete, target: path))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(["code", "error"].filter { object[$0] is String } == members)
        let isProblem = members.contains("code")
        #expect(response.headers["Content-Type"] == (isProblem ? "application/problem+json" : "application/json"))
        #expect(isProblem || object.count == 1)
    }
}
