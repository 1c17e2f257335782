import HTTPServer
import Segmentation
import Testing

@testable import SegmentationService

@Suite struct RequestTimeoutTests {
    @Test("A caller may ask for less time than there is", arguments: ["0.000001", "1e-9"])
    func less(seconds: String) async throws {
        // Of its own: when to try again depends on what else is asked for.
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        service.becomeReady(ModelPool(try #require(ServiceFixture.pool).model))
        let response = try await post(seconds, to: service)
        #expect(response.status == .serviceUnavailable)
        #expect(try response.problem().code == "deadline_passed")
        #expect(response.headers["Retry-After"] == "1")
    }

    @Test("A caller who asks for enough gets an answer", arguments: ["3600", "1e300"])
    func enough(seconds: String) async throws {
        #expect(try await post(seconds).status == .ok)
    }

    @Test("A caller can't ask for more time than there is")
    func more() async throws {
        let pool = try #require(ServiceFixture.pool)
        let service = SegmentationService(requestTimeout: .nanoseconds(1), logger: ServiceFixture.logger)
        service.becomeReady(pool)
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        let response = try await service.post(form, headers: ["X-Request-Timeout": "3600"])
        #expect(response.status == .serviceUnavailable)
    }

    @Test(
        "What is no time is refused by name",
        arguments: ["", "soon", "0", "-1", "nan", "inf", "1e999", "0x10", "0x1p4", "1 s"])
    func invalid(value: String) async throws {
        let response = try await post(value)
        #expect(response.status == .badRequest)
        let problem = try response.problem()
        #expect(problem.code == "invalid_parameter")
        #expect(problem.parameter == "X-Request-Timeout")
        #expect(problem.detail.contains("“\(value)”"))
    }

    @Test(
        "The service counts from a request's last byte, its caller from the first; what comes first holds",
        arguments: [("10", 5.0), ("6", 2.0), ("4", 0.0), (nil, 5.0)])
    func origin(asked: String?, expected: Double) throws {
        let received = ContinuousClock.now
        let request = try HTTPRequest(
            method: .post, target: "/v1/segment", headers: asked.map { ["X-Request-Timeout": $0] } ?? [:],
            receivedAt: received, receiveDuration: .seconds(4))
        let deadline = try RequestTimeout.deadline(of: request, atMost: .seconds(5))
        #expect(received.duration(to: deadline) == .seconds(expected))
    }

    private func post(_ seconds: String, to service: SegmentationService? = nil) async throws -> HTTPResponse {
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        return try await (service ?? ServiceFixture.ready()).post(form, headers: ["X-Request-Timeout": seconds])
    }
}
