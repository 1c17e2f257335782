import Foundation
import HTTPServer
import Testing

@testable import SegmentationService

@Suite struct RequestFieldsTests {
    private enum Colour: String, CaseIterable {
        case red, green
    }

    private static func fields(
        _ body: [UInt8], _ contentType: String?, query: String = "", limits: RequestFields.Limits = .init()
    ) throws -> RequestFields {
        let headers: HTTPHeaders = contentType.map { ["Content-Type": $0] } ?? [:]
        return try RequestFields(
            HTTPRequest(method: .post, target: "/x?\(query)", headers: headers, body: body), bodyFile: "image",
            limits: limits)
    }

    private static func fields(_ json: String, query: String = "") throws -> RequestFields {
        try fields(Array(json.utf8), "application/json; charset=utf-8", query: query)
    }

    private static let form = Form().with(file: [1, 2]).with("label", "a").with("n", "0.5").with("c", "red")
        .with("f", "true").with("label", "b")

    /// The same, said in every way there is.
    private static let requests: [@Sendable () throws -> RequestFields] = [
        { try fields(form.body, form.contentType) },
        { try fields([1, 2], "Image/PNG", query: "label=a&label=b&n=.5&c=red&f=true") },
        { try fields(Form().with(file: [1, 2]).body, form.contentType, query: "n=0.5&label=a&f=true&c=red&label=b") },
        { try fields(#"{"image":"AQI=","labels":["a","b"],"n":0.5,"c":"red","f":true,"x":null}"#) },
        { try fields(#"{"image":"AQI=","labels":["b"],"f":true}"#, query: "label=a&n=5e-1&c=red") },
    ]

    @Test("Form, query and JSON say the same", arguments: 0..<requests.count)
    func same(number: Int) throws {
        var fields = try Self.requests[number]()
        #expect(try fields.file("image") == [1, 2])
        #expect(try fields.texts("label") == ["a", "b"])
        #expect(try fields.number("n") == 0.5)
        #expect(try fields.choice("c", of: Colour.self) == .red)
        #expect(try fields.flag("f") == true)
        #expect(try fields.number("x") == nil)
        try fields.requireNothingElse()
    }

    @Test("Files repeat as texts do")
    func files() throws {
        let form = Form().with(file: [1]).with(file: [2])
        var fields = try Self.fields(form.body, form.contentType)
        #expect(try fields.files("image") == [[1], [2]])
        fields = try Self.fields(#"{"images":["AQ==","Ag=="]}"#)
        #expect(try fields.files("image") == [[1], [2]])
    }

    private struct Refusal: Sendable {
        var code: String
        var parameter: String?
        var fields: @Sendable () throws -> RequestFields
    }

    private static let refusals = [
        Refusal(code: "unsupported_media_type") { try fields([], nil) },
        Refusal(code: "unsupported_media_type") { try fields([], "text/plain") },
        Refusal(code: "malformed_multipart") { try fields([], "multipart/form-data; boundary=b") },
        Refusal(code: "malformed_json") { try fields("{") },
        Refusal(code: "duplicate_parameter", parameter: "n") { try fields(#"{"n":1}"#, query: "n=1") },
        Refusal(code: "duplicate_parameter", parameter: "image") { try fields(#"{"image":"","image":""}"#) },
        Refusal(code: "duplicate_parameter", parameter: "image") {
            let form = Form().with(file: [1]).with(file: [2])
            return try fields(form.body, form.contentType)
        },
        Refusal(code: "duplicate_parameter", parameter: "c") { try fields("{}", query: "c=red&c=red") },
        Refusal(code: "unknown_parameter", parameter: "labels") { try fields([], "image/png", query: "labels=a") },
        Refusal(code: "unknown_parameter", parameter: "label") { try fields(#"{"label":"a"}"#) },
        Refusal(code: "unknown_parameter") { try fields("{}", query: String(repeating: "x", count: 257)) },
        Refusal(code: "invalid_parameter", parameter: "image") { try fields("{}", query: "image=x") },
        Refusal(code: "invalid_parameter", parameter: "image") { try fields(#"{"image":"?"}"#) },
        Refusal(code: "invalid_parameter", parameter: "n") { try fields("{}", query: "n=one") },
        Refusal(code: "invalid_parameter", parameter: "n") { try fields("{}", query: "n=nan") },
        Refusal(code: "invalid_parameter", parameter: "n") { try fields("{}", query: "n=1e999") },
        Refusal(code: "invalid_parameter", parameter: "n") { try fields("{}", query: "n=0x1p-1") },
        Refusal(code: "invalid_parameter", parameter: "n") { try fields("{}", query: "n=0x10") },
        Refusal(code: "invalid_parameter", parameter: "f") { try fields("{}", query: "f=yes") },
        Refusal(code: "invalid_parameter", parameter: "c") { try fields("{}", query: "c=Red") },
        Refusal(code: "invalid_parameter", parameter: "c") {
            try fields("{}", query: "c=" + String(repeating: "x", count: 257))
        },
        Refusal(code: "invalid_parameter", parameter: "label") {
            let form = Form().with(file: [0xFF], "label")
            return try fields(form.body, form.contentType)
        },
        Refusal(code: "json_too_large", parameter: "labels") {
            var limits = MultipartLimits()
            limits.maxFieldBytes = 3
            return try fields(
                Array(#"{"labels":["abcd"]}"#.utf8), "application/json", limits: RequestFields.Limits(limits))
        },
    ]

    @Test("What makes no sense is refused by name", arguments: 0..<refusals.count)
    func refused(number: Int) throws {
        let refusal = Self.refusals[number]
        let problem = #expect(throws: HTTPProblem.self) {
            var fields = try refusal.fields()
            _ = try (fields.file("image"), fields.texts("label"), fields.number("n"), fields.flag("f"))
            _ = try fields.choice("c", of: Colour.self)
            try fields.requireNothingElse()
        }
        #expect(problem?.code == refusal.code && problem?.parameter == refusal.parameter, "\(problem as Any)")
    }
}
