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

    @Test("Headers of combining marks are read at once")
    func headers() throws {
        let request = try HTTPRequest(
            method: .post, target: "/v1/segment", headers: ["Content-Type": String(repeating: Self.marks, count: 20)])
        let problem = #expect(throws: HTTPProblem.self) { try SegmentForm.segmentationRequest(request) }
        #expect(problem?.status == .unsupportedMediaType)
    }
}
