import Foundation
import HTTPServer
import Segmentation
import Testing

@testable import SegmentationService

/// Whichever way a parameter of `POST /v1/segment` comes, what is wrong with it is refused by its name.
@Suite struct ParameterWaysTests {
    /// Where parameters stand.
    enum Way: String, CaseIterable, Sendable {
        case query, form, json

        func canCarry(_ parameter: Parameter) -> Bool { self != .query || parameter.kind != .file }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let way: Way
        let parameter: Parameter
        var testDescription: String { "\(parameter.name) in \(way.rawValue)" }
    }

    private static let all = SegmentationParameters.all
    static let cases = Way.allCases.flatMap { way in
        all.filter(way.canCarry).map { Case(way: way, parameter: $0) }
    }

    /// A value that the parameter takes, as a form or a query has it.
    private static func text(_ parameter: Parameter) -> String {
        switch parameter.kind {
        case .text: parameter.name == "template" ? "a {}" : "a cat"
        case .number(let range, _): range.upperBound.shortText
        case .integer(let range): "\(range.upperBound)"
        case .word(let words): words[words.count - 1]
        case .choice(let numbers): "\(numbers[1])"
        case .flag: "true"
        case .color: "#Ff8800"
        case .size: "640x480"
        case .grid: "2x3"
        case .numbers: "[1,-0.5]"
        case .file: "file"
        }
    }

    private static func json(_ text: String, _ kind: ParameterKind) -> String {
        switch kind {
        case .number, .integer, .choice, .flag, .numbers: text
        case .file: "\"" + Data(text.utf8).base64EncodedString() + "\""
        case .text, .word, .color, .size, .grid: "\"\(text)\""
        }
    }

    private static func escaped(_ text: String) -> String {
        text.utf8.map { byte in "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }

    /// What a request is refused for that has an image and these parameters, of which some may stand in the query in any case.
    private static func refusal(
        _ way: Way, _ given: [(name: String, kind: ParameterKind, values: [String])],
        beside others: [(name: String, value: String)] = []
    ) async throws -> HTTPResponse.Problem {
        let service = try ServiceFixture.ready()
        let inQuery = given.filter { _ in way == .query }.flatMap { name, _, values in values.map { (name, $0) } }
        let query = (others + inQuery).map { "\(escaped($0))=\(escaped($1))" }.joined(separator: "&")
        let target = "/v1/segment?" + query
        switch way {
        case .query: return try await service.post(Array("image".utf8), "image/png", target: target).problem()
        case .form:
            var form = Form().with(file: Array("image".utf8))
            for (name, kind, values) in given {
                for value in values {
                    form = kind == .file ? form.with(file: Array(value.utf8), name) : form.with(name, value)
                }
            }
            return try await service.post(form, target: target).problem()
        case .json:
            let members = given.map { name, kind, values in
                let list = values.map { json($0, kind) }
                return "\"\(name)\": " + (list.count == 1 ? list[0] : "[" + list.joined(separator: ",") + "]")
            }
            let body = "{" + (["\"image\": \"aW1hZ2U=\""] + members).joined(separator: ", ") + "}"
            return try await service.post(Array(body.utf8), "application/json", target: target).problem()
        }
    }

    private static func given(
        _ parameter: Parameter, times count: Int = 1
    ) -> (name: String, kind: ParameterKind, values: [String]) {
        (parameter.name, parameter.kind, [String](repeating: text(parameter), count: count))
    }

    @Test("What there is not", arguments: Way.allCases, ["treshold", "Prompt", "prompt "])
    func unknown(way: Way, name: String) async throws {
        let problem = try await Self.refusal(
            way, [("prompt", .text(maxBytes: 9), ["a cat"]), (name, .number(0...1), ["0.5"])])
        #expect(problem.status == 400 && problem.code == "unknown_parameter" && problem.parameter == name)
    }

    @Test("What is given too often", arguments: cases)
    func repeated(one: Case) async throws {
        let parameter = one.parameter
        let problem = try await Self.refusal(one.way, [Self.given(parameter, times: parameter.maxCount + 1)])
        #expect(problem.status == 400 && problem.parameter == parameter.name, "\(problem.detail)")
        #expect(problem.code == (parameter.isRepeatable ? "too_many_values" : "duplicate_parameter"))
    }

    @Test(
        "What is given once in the query, and once more in the body",
        arguments: cases.filter { $0.way != .query && !$0.parameter.isRepeatable })
    func repeatedInQuery(one: Case) async throws {
        let parameter = one.parameter
        let problem = try await Self.refusal(
            one.way, [Self.given(parameter)], beside: [(parameter.name, Self.text(parameter))])
        #expect(problem.status == 400 && problem.code == "duplicate_parameter", "\(problem.detail)")
        #expect(problem.parameter == parameter.name)
    }

    @Test("What means nothing without another", arguments: cases.filter { $0.parameter.condition != nil })
    func contradictory(one: Case) async throws {
        let parameter = one.parameter
        let condition = try #require(parameter.condition)
        let needed = try SegmentationParameters.parameter(condition.parameter)
        var given = [Self.given(try SegmentationParameters.parameter("prompt")), Self.given(parameter)]
        if let values = condition.values, values.contains(needed.defaultText ?? ""), case .word(let words) = needed.kind
        {
            // The default would do.
            given.append((needed.name, needed.kind, [try #require(words.first { !values.contains($0) })]))
        }
        let problem = try await Self.refusal(one.way, given)
        #expect(problem.status == 400 && problem.code == "contradictory_parameter", "\(problem.detail)")
        #expect(problem.parameter == parameter.name && problem.detail.contains(needed.name))
    }
}
