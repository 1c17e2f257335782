import Testing

@testable import Segmentation

@Suite struct PromptExpressionTests {
    private static let readings: [(String, PromptExpression<String>)] = [
        ("cat", .prompt("cat")),
        ("  a   black cat ", .prompt("a   black cat")),
        ("cat OR dog AND NOT toy", .any([.prompt("cat"), .all([.prompt("dog"), .not(.prompt("toy"))])])),
        ("(cat OR dog) AND NOT toy", .all([.any([.prompt("cat"), .prompt("dog")]), .not(.prompt("toy"))])),
        ("NOT NOT cat", .not(.not(.prompt("cat")))),
        ("a AND b AND c", .all([.prompt("a"), .prompt("b"), .prompt("c")])),
        ("salt and pepper OR \"NOT (this)\"", .any([.prompt("salt and pepper"), .prompt("NOT (this)")])),
        ("ANDY OR NOTE", .any([.prompt("ANDY"), .prompt("NOTE")])),
        ("((cat))", .prompt("cat")),
        ("NOT(cat)OR(dog)", .any([.not(.prompt("cat")), .prompt("dog")])),
        ("été AND 猫", .all([.prompt("été"), .prompt("猫")])),
    ]

    @Test("Operators bind as NOT, AND, OR", arguments: readings)
    func reading(text: String, expression: PromptExpression<String>) throws {
        #expect(try PromptExpression(parsing: text) == expression)
    }

    private static let mistakes = [
        ("", 1), ("   ", 4), ("AND cat", 1), ("cat AND", 8), ("cat OR OR dog", 8), ("(cat", 1), ("cat)", 4),
        ("cat NOT dog", 5), ("cat (dog)", 5), ("a AND (b OR c", 7), ("()", 2), ("\"cat", 1), ("cat AND \"dog", 9),
        ("\"a\" \"b\"", 5), ("e\u{301}e\u{301} AND )", 10),
    ]

    @Test("A mistake is told with its column", arguments: mistakes)
    func mistake(text: String, column: Int) throws {
        let error = try #require(throws: InputError.self) { try PromptExpression(parsing: text) }
        #expect(error.parameter == "prompt_expr" && error.code == "invalid_parameter")
        #expect(error.description.contains("column \(column):"), "\(error)")
    }

    @Test("Depth and length have limits")
    func limits() throws {
        let deep = { (depth: Int) in
            String(repeating: "(", count: depth) + "cat" + String(repeating: ")", count: depth)
        }
        _ = try PromptExpression(parsing: deep(15))
        #expect(throws: InputError.self) { try PromptExpression(parsing: deep(16)) }
        #expect(throws: InputError.self) {
            try PromptExpression(parsing: String(repeating: "NOT ", count: 16) + "cat")
        }
        #expect(throws: InputError.self) { try PromptExpression(parsing: String(repeating: "a", count: 4097)) }
        var parameters = SegmentationParameters()
        try parameters.add("prompt_expr", .text([String](repeating: "cat", count: 65).joined(separator: " OR ")))
        let error = try #require(throws: InputError.self) { try parameters.request(image: [1]) }
        #expect(error.code == "too_many_prompts")
    }

    @Test("On logits, AND is the least, OR the largest, NOT the negative")
    func logits() throws {
        let planes: [String: [Float]] = ["a": [1, -2, 3], "b": [0, 5, -4]]
        let cases: [(String, [Float])] = [
            ("a", [1, -2, 3]), ("a AND b", [0, -2, -4]), ("a OR b", [1, 5, 3]), ("NOT a", [-1, 2, -3]),
            ("a AND NOT b", [0, -5, 3]), ("NOT (a OR b)", [-1, -5, -3]),
        ]
        for (text, expected) in cases {
            #expect(try PromptExpression(parsing: text).logits { planes[$0] ?? [] } == expected, "\(text)")
        }
    }
}
