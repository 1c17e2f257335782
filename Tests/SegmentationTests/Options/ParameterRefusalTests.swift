import Testing

@testable import Segmentation

/// What the table refuses, parameter by parameter.
@Suite struct ParameterRefusalTests {
    /// A value that the parameter takes.
    private static func good(_ parameter: Parameter) -> ParameterValue {
        switch parameter.kind {
        case .text: .text(parameter.name == "template" ? "a {}" : "a cat")
        case .number(let range, _): .text("\(range.upperBound)")
        case .integer(let range): .text("\(range.upperBound)")
        case .word(let words): .text(words[words.count - 1])
        case .choice(let numbers): .text("\(numbers[1])")
        case .flag: .text("true")
        case .color: .text("#Ff8800")
        case .size: .text("640x480")
        case .grid: .text("2x3")
        case .numbers: .text("[1, -0.5]")
        case .file: .file([1])
        }
    }

    /// Values that it does not take.
    private static func bad(_ kind: ParameterKind) -> [String] {
        switch kind {
        case .text, .file: []
        case .number(let range, _):
            ["", "x", "nan", "inf", "0x1", " 0.5", "0,5", "\(range.upperBound.nextUp)", "\(range.lowerBound.nextDown)"]
        case .integer(let range): ["", "1.5", "1e1", "\(range.upperBound + 1)", "\(range.lowerBound - 1)"]
        case .word(let words): ["", "nonsense", words[0].uppercased(), words[0] + " "]
        case .choice: ["", "0", "08", "7", "32"]
        case .flag: ["", "1", "yes", "True"]
        case .color: ["", "red", "#fff", "ff8800", "#ff880", "#ff88000", "#ff88+0", "#gg8800"]
        case .size(let sides):
            [
                "", "0x10", "10x0", "10", "10x", "x10", "10x10x10", "-1x5", "1e3x2", "Original", "0640x480", "640x0480",
                "\(sides.upperBound + 1)x1", "1x\(sides.upperBound + 1)",
            ]
        case .grid(let sides):
            [
                "", "0x1", "1x0", "2", "2x2x2", "+2x2", "01x2", "1x02", "01x01", "\(sides.upperBound + 1)x1",
                "1x\(sides.upperBound + 1)",
            ]
        case .numbers: ["", "1, 2", "[1", "[\"a\"]", "{}", "null"]
        }
    }

    /// A request with everything that parameters need.
    private static func parameters(with conditions: ParameterCondition?) throws -> SegmentationParameters {
        var parameters = SegmentationParameters()
        try parameters.add("prompt", .text("a cat"))
        try satisfy(conditions, &parameters)
        return parameters
    }

    private static func satisfy(_ condition: ParameterCondition?, _ parameters: inout SegmentationParameters) throws {
        guard let condition, !parameters.has(condition.parameter) else { return }
        let needed = try SegmentationParameters.parameter(condition.parameter)
        try satisfy(needed.condition, &parameters)
        try parameters.add(needed.name, condition.values.map { .text($0[0]) } ?? good(needed))
    }

    private static func refusal(_ parameters: SegmentationParameters) throws -> InputError {
        try #require(throws: InputError.self) { try parameters.request(image: [1]) }
    }

    private static let all = SegmentationParameters.all

    @Test("Its own default and a good value are taken", arguments: all.map(\.name))
    func good(name: String) throws {
        let parameter = try SegmentationParameters.parameter(name)
        for value in [parameter.defaultText.map(ParameterValue.text), Self.good(parameter)].compactMap(\.self) {
            var parameters = SegmentationParameters()
            if !["prompt"].contains(name) { parameters = try Self.parameters(with: parameter.condition) }
            if parameters.has(name) { continue }
            try parameters.add(name, value)
            _ = try parameters.request(image: [1])
        }
    }

    @Test("A value that makes no sense is refused by name", arguments: all.map(\.name))
    func bad(name: String) throws {
        let parameter = try SegmentationParameters.parameter(name)
        for value in Self.bad(parameter.kind) {
            var parameters = try Self.parameters(with: parameter.condition)
            try parameters.add(name, .text(value))
            let error = try Self.refusal(parameters)
            #expect(
                error.code == "invalid_parameter" && error.parameter == name && error.kind == .malformed, "\(value)")
            #expect(error.description.contains("“\(name)” is “\(value)”"))
            #expect(error.description.contains(parameter.kind.expectation))
        }
    }

    @Test("A value of another kind is refused by name", arguments: all.map(\.name))
    func kind(name: String) throws {
        let parameter = try SegmentationParameters.parameter(name)
        var parameters = try Self.parameters(with: parameter.condition)
        if name == "prompt" { parameters = SegmentationParameters() }
        try parameters.add(name, parameter.kind == .file ? .text("x") : .file([1]))
        let error = try Self.refusal(parameters)
        #expect(error.code == "invalid_parameter" && error.parameter == name)
    }

    @Test("Given too often it is refused by name", arguments: all.map(\.name))
    func repeated(name: String) throws {
        let parameter = try SegmentationParameters.parameter(name)
        var parameters = SegmentationParameters()
        for _ in 0..<parameter.maxCount { try parameters.add(name, Self.good(parameter)) }
        let error = try #require(throws: InputError.self) { try parameters.add(name, Self.good(parameter)) }
        #expect(error.code == (parameter.isRepeatable ? "too_many_values" : "duplicate_parameter"))
        #expect(error.parameter == name)
    }

    @Test("Without what it needs it is refused by name", arguments: all.filter { $0.condition != nil }.map(\.name))
    func contradiction(name: String) throws {
        let parameter = try SegmentationParameters.parameter(name)
        let condition = try #require(parameter.condition)
        let needed = try SegmentationParameters.parameter(condition.parameter)
        var parameters = SegmentationParameters()
        try parameters.add("prompt", .text("a cat"))
        if let values = condition.values, values.contains(needed.defaultText ?? "") {
            // The default will do: something else must be asked for.
            guard case .word(let words) = needed.kind, let other = words.first(where: { !values.contains($0) }) else {
                Issue.record("a parameter that needs what can't be otherwise")
                return
            }
            try parameters.add(needed.name, .text(other))
        }
        try parameters.add(name, Self.good(parameter))
        let error = try Self.refusal(parameters)
        #expect(error.code == "contradictory_parameter" && error.parameter == name && error.kind == .malformed)
        #expect(error.description.contains(needed.name))
    }

    /// The longest text that the parameter takes; nil if it takes no texts.
    private static func longest(_ parameter: Parameter) -> String? {
        guard case .text(let maxBytes) = parameter.kind else { return nil }
        let start = parameter.name == "template" ? "{}" : ""
        return start + String(repeating: "a", count: maxBytes - start.utf8.count)
    }

    @Test("A text of the most bytes is taken", arguments: all.filter { longest($0) != nil }.map(\.name))
    func full(name: String) throws {
        var parameters = SegmentationParameters()
        try parameters.add(name, .text(#require(Self.longest(SegmentationParameters.parameter(name)))))
        if !["prompt", "prompt_expr"].contains(name) { try parameters.add("prompt", .text("a cat")) }
        _ = try parameters.request(image: [1])
    }

    @Test("A text that is too long is refused before anything is done with it", arguments: all.map(\.name))
    func long(name: String) throws {
        let parameter = try SegmentationParameters.parameter(name)
        var parameters = SegmentationParameters()
        let text = String(repeating: "a\u{301}", count: parameter.kind.maxBytes)
        let error = try #require(throws: InputError.self) { try parameters.add(name, .text(text)) }
        #expect(error.code == "invalid_parameter" && error.parameter == name)
        #expect(error.description.contains("\(text.utf8.count) bytes; at most \(parameter.kind.maxBytes) "))
    }

    @Test("A template that is too long is told so, whoever makes the request")
    func longTemplate() throws {
        var request = SegmentationRequest(image: [1], prompts: [.text("a cat")])
        request.templates = [String(repeating: "a", count: 1100) + " {}"]
        let error = try #require(throws: InputError.self) { try request.validate() }
        #expect(error.code == "invalid_parameter" && error.parameter == "template")
        #expect(error.description.contains("1103 bytes; at most 1024 "))
    }

    @Test("What there is not is refused, and told what there is", arguments: ["treshold", "image", "", "e\u{301}"])
    func unknown(name: String) throws {
        var parameters = SegmentationParameters()
        let error = try #require(throws: InputError.self) { try parameters.add(name, .text("x")) }
        #expect(error.code == "unknown_parameter" && error.parameter == name)
        #expect(error.description.contains("threshold"))
        let long = String(repeating: "e\u{301}", count: 100_000)
        #expect(throws: InputError.self) { try parameters.add(long, .text("x")) }
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let parameters: [(String, ParameterValue)]
        let parameter: String
        var code = "invalid_parameter"
    }

    static let cases = [
        Case(
            testDescription: "three thresholds for two prompts",
            parameters: [("prompt", .text("a")), ("prompt", .text("b"))]
                + [("threshold", .text("0.1"))] * 3, parameter: "threshold"),
        Case(
            testDescription: "two weights for one prompt",
            parameters: [("prompt", .text("a"))] + [("prompt_weight", .text("2"))] * 2, parameter: "prompt_weight"),
        Case(
            testDescription: "a mask for one of two images",
            parameters: [("prompt_image", .file([1])), ("prompt_image", .file([1])), ("prompt_mask", .file([1]))],
            parameter: "prompt_mask"),
        Case(
            testDescription: "two texts to blend with one image",
            parameters: [
                ("prompt", .text("a")), ("prompt", .text("b")), ("prompt_image", .file([1])), ("blend", .text("1")),
            ],
            parameter: "blend"),
        Case(
            testDescription: "a template without a place for the prompt",
            parameters: [("prompt", .text("a")), ("template", .text("a photo"))], parameter: "template"),
        Case(
            testDescription: "a template with two places",
            parameters: [("prompt", .text("a")), ("template", .text("{} and {}"))], parameter: "template"),
        Case(
            testDescription: "a template without a text",
            parameters: [("prompt_image", .file([1])), ("template", .text("a {}"))], parameter: "template",
            code: "contradictory_parameter"),
        Case(
            testDescription: "16 bits for a mask",
            parameters: [("prompt", .text("a")), ("bit_depth", .text("16"))], parameter: "bit_depth"),
        Case(
            testDescription: "1 bit for probabilities",
            parameters: [("prompt", .text("a")), ("as", .text("probability")), ("bit_depth", .text("1"))],
            parameter: "bit_depth"),
        Case(
            testDescription: "a soft edge in black and white",
            parameters: [("prompt", .text("a")), ("feather", .text("2")), ("bit_depth", .text("1"))],
            parameter: "feather", code: "contradictory_parameter"),
        Case(
            testDescription: "a blank negative prompt",
            parameters: [("prompt", .text("a")), ("negative_prompt", .text(" "))], parameter: "negative_prompt",
            code: "empty_prompt"),
        Case(
            testDescription: "an overlap of a single tile",
            parameters: [("prompt", .text("a")), ("tiles", .text("1x1")), ("overlap", .text("0.3"))],
            parameter: "overlap", code: "contradictory_parameter"),
        Case(testDescription: "no prompt", parameters: [], parameter: "prompt", code: "missing_parameter"),
        Case(
            testDescription: "65 prompts of several kinds",
            parameters: [("prompt", .text("a"))] * 40 + [("negative_prompt", .text("b"))] * 25, parameter: "prompt",
            code: "too_many_prompts"),
    ]

    @Test("What does not fit together is refused by name", arguments: cases)
    func together(refused: Case) throws {
        var parameters = SegmentationParameters()
        for (name, value) in refused.parameters { try parameters.add(name, value) }
        let error = try Self.refusal(parameters)
        #expect(error.parameter == refused.parameter && error.code == refused.code)
    }
}

private func * <Element>(elements: [Element], count: Int) -> [Element] {
    (0..<count).flatMap { _ in elements }
}
