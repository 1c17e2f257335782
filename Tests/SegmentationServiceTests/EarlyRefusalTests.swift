import HTTPServer
import Logging
import Testing

@testable import SegmentationService

/// What the service refuses before it has a request's body.
@Suite struct EarlyRefusalTests {
    private static let key = "0123456789abcdef"

    private static func service() throws -> SegmentationService {
        var rules = AccessRules()
        rules.keys = try APIKeyStore { Array("alice:\(key)".utf8) }
        rules.crossOrigin = CrossOrigin(origins: ["https://app.example"])
        return SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
    }

    private static func head(
        _ target: String, _ method: HTTPMethod = .post, key: String? = key, _ headers: HTTPHeaders = [:]
    ) throws -> HTTPRequest {
        var headers = headers
        headers["X-API-Key"] = key
        headers["Origin"] = "https://app.example"
        return try HTTPRequest(method: method, target: target, headers: headers)
    }

    @Test(
        "A wrong key, path or method is refused for the request's head alone",
        arguments: [
            ("/v1/segment", .post, nil, "missing_api_key"), ("/v1/segment", .post, "wrong", "invalid_api_key"),
            ("/nowhere", .post, nil, "missing_api_key"), ("/nowhere", .post, key, "not_found"),
            ("/v1%2Fsegment", .post, key, "not_found"), ("/v1/model%2F..", .get, nil, "missing_api_key"),
            ("/v1/segment", .put, key, "method_not_allowed"), ("/openapi.yaml", .post, nil, "method_not_allowed"),
        ] as [(String, HTTPMethod, String?, String)])
    func refused(_ target: String, _ method: HTTPMethod, _ key: String?, _ code: String) async throws {
        let service = try Self.service()
        let head = try Self.head(target, method, key: key)
        let response = try #require(service.refusal(of: head))
        #expect(try response.problem().code == code)
        #expect(response.logMetadata["code"] == .string(code))
        #expect(response.headers["Access-Control-Allow-Origin"] == "https://app.example")
        #expect(response.headers["Server-Timing"] != nil)
        // With the body there, the answer is the same.
        #expect(await service.answer(head).body == response.body)
    }

    @Test("What may be answered otherwise is not refused early")
    func admitted() throws {
        let service = try Self.service()
        #expect(service.refusal(of: try Self.head("/v1/segment")) == nil)
        #expect(service.refusal(of: try Self.head("/livez", .get, key: nil)) == nil)
        #expect(service.refusal(of: try Self.head("/v1/model", .options)) == nil)
        let preflight = try Self.head("/v1/segment", .options, key: nil, ["Access-Control-Request-Method": "POST"])
        #expect(service.refusal(of: preflight) == nil)
        #expect(service.adminRefusal(of: try Self.head("/livez", .get)) == nil)
        #expect(service.adminRefusal(of: try Self.head("/v1/segment"))?.status == .notFound)
    }

    @Test("An early refusal is counted once, under its route, and is never in flight")
    func counted() async throws {
        let service = try Self.service()
        for key in [nil, Self.key] {
            _ = await service.serve(try Self.head("/v1/segment", key: key))
        }
        let metrics = await service.answer(try Self.head("/metrics", .get)).text
        #expect(metrics.contains(#"clipseg_http_requests_total{method="POST",route="/v1/segment",status="401"} 1"#))
        #expect(metrics.contains("clipseg_http_requests_in_flight 1\n"))
    }
}
