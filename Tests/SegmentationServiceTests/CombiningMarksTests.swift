import HTTPServer
import Testing

@testable import SegmentationService

/// Swift's time to compare strings is quadratic in the combining marks of one character.
@Suite(.timeLimit(.minutes(5))) struct CombiningMarksTests {
    private static let marks = "a" + String(repeating: "\u{345}\u{323}", count: 15_000)

    private static let forms: [(form: Form, code: String)] = [
        (Form().with("as", marks), "invalid_parameter"), (Form().with("threshold", marks), "invalid_parameter"),
        (Form().with(String(marks.unicodeScalars.prefix(1900).map(Character.init)), "x"), "unknown_parameter"),
    ]

    @Test("Parameters of combining marks are refused at once", arguments: 0..<forms.count)
    func refused(number: Int) throws {
        let (form, code) = Self.forms[number]
        let request = try HTTPRequest(
            method: .post, target: "/v1/segment", headers: ["Content-Type": form.contentType], body: form.body)
        // Each would take seconds.
        for _ in 0..<100 {
            let problem = #expect(throws: HTTPProblem.self) { try SegmentForm.segmentationRequest(request) }
            #expect(problem?.code == code)
        }
    }

    @Test("Paths of combining marks are looked up at once, with and without a key")
    func paths() throws {
        var rules = AccessRules()
        rules.keys = try APIKeyStore { Array("alice:0123456789abcdef".utf8) }
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
        for key in ["0123456789abcdef", nil] {
            var request = try HTTPRequest(method: .get, target: "/", headers: key.map { ["X-API-Key": $0] } ?? [:])
            // A million, not what a header has room for: that would take milliseconds.
            request.path += String(repeating: "\u{345}", count: 500_000) + String(repeating: "\u{323}", count: 500_000)
            guard case .now(let response) = service.reply(to: request) else {
                Issue.record("no answer at once")
                continue
            }
            #expect(response.status == (key == nil ? .unauthorized : .notFound))
        }
    }

    @Test("Headers of combining marks are read at once")
    func headers() throws {
        let request = try HTTPRequest(
            method: .post, target: "/v1/segment", headers: ["Content-Type": String(repeating: Self.marks, count: 20)])
        let problem = #expect(throws: HTTPProblem.self) { try SegmentForm.segmentationRequest(request) }
        #expect(problem?.status == .unsupportedMediaType)
    }
}
