import Testing

@testable import HTTPServer

@Suite struct JSONValueTests {
    private static func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws -> JSONValue {
        try JSONValue(parsing: Array(text.utf8), limits: limits)
    }

    private static let values: [(String, JSONValue)] = [
        ("null", .null), (" true ", .bool(true)), ("\t\r\nfalse\n", .bool(false)),
        ("0", .number(0)), ("-0", .number(-0.0)), ("-12.5e+2", .number(-1250)), ("1E-2", .number(0.01)),
        ("9007199254740993", .number(9_007_199_254_740_992)), ("1e-400", .number(0)),
        ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
        (#""""#, .string("")), (#""a\"\\\/\b\f\n\r\t""#, .string("a\"\\/\u{8}\u{C}\n\r\t")),
        (#""\u0000\u00e9\uD83D\uDE00x""#, .string("\0é😀x")), ("\"é😀\u{7F}\"", .string("é😀\u{7F}")),
        ("[]", .array([])), ("[1,[],{ }]", .array([.number(1), .array([]), .object([])])),
        ("\u{FEFF}[ ]", .array([])),
        (
            #"{ "b" : 1, "a":{"b":null}}"#,
            .object([
                .init(name: "b", value: .number(1)),
                .init(name: "a", value: .object([.init(name: "b", value: .null)])),
            ])
        ),
    ]

    @Test("JSON is read", arguments: 0..<values.count)
    func read(number: Int) throws {
        let (text, value) = Self.values[number]
        #expect(try Self.parse(text) == value)
    }

    @Test(
        "What is no JSON is refused, with the place",
        arguments: [
            ("", "byte 1: it is empty"), (" ", "byte 2: it ends where a value should be"), ("nul", "byte 1: no value"),
            ("True", "byte 1: no value"), ("'a'", "byte 1: no value"), ("[1] x", "byte 5: something follows"),
            ("[1,]", "byte 4: no value"), ("[1 2]", "byte 4: a comma or ] should"), ("[", "byte 2: it ends where"),
            ("[1", "byte 3: a comma or ] should"), ("{,}", "byte 2: a name in"), (#"{"a" 1}"#, "byte 6: a colon"),
            (#"{"a":1"#, "byte 7: a comma or } should"), (#"{"a":1,}"#, "byte 8: a name in"),
            ("{a:1}", "byte 2: a name in"),
            ("01", "byte 2: something follows"), ("-", "byte 2: a digit"), (".5", "byte 1: no value"),
            ("1.", "byte 3: a digit"), ("1e", "byte 3: a digit"), ("+1", "byte 1: no value"),
            ("NaN", "byte 1: no value"),
            ("-Infinity", "byte 2: a digit"), ("0x10", "byte 2: something follows"),
            ("1e400", "byte 6: the number that ends here is too large"), (#""abc"#, "byte 5: it ends within a string"),
            ("\"a\nb\"", "byte 3: a control character"), (#""\x""#, "byte 2: there is no such escape"),
            (#""\"#, "byte 2: there is no such escape"), (#""\u12g4""#, "byte 2: four hexadecimal digits"),
            (#""\ud83d""#, "byte 8: half of a surrogate pair"), (#""\ude00""#, "byte 8: half of a surrogate pair"),
            (#""\ud83dx""#, "byte 8: half of a surrogate pair"),
            (#""\ud83d\u0041""#, "byte 14: half of a surrogate pair"),
            ("[1,\n // two\n 2]", "Line 2, byte 2: no value"),
        ])
    func malformed(text: String, place: String) throws {
        let problem = #expect(throws: HTTPProblem.self) { try Self.parse(text) }
        #expect(problem?.status == .badRequest && problem?.code == "malformed_json")
        #expect(problem?.detail.contains(place) == true, "\(problem?.detail ?? "")")
    }

    @Test(
        "Bytes that are not UTF-8 are refused",
        arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xC0, 0x80], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        for body in [[0x22] + bytes + [0x22], [0x22] + Array(#"\n"#.utf8) + bytes + [0x22], bytes] {
            let problem = #expect(throws: HTTPProblem.self) { try JSONValue(parsing: body) }
            #expect(problem?.code == "malformed_json")
        }
        // Whole texts in UTF-16.
        #expect(throws: HTTPProblem.self) { try JSONValue(parsing: [0xFF, 0xFE, 0x5B, 0, 0x5D, 0]) }
    }

    @Test(
        "A name twice in one object is refused, however it is spelt; in two objects it is not",
        arguments: [
            #"{"image":1,"image":1}"#, #"{"image":1,"\u0069mage":2}"#, #"[{"a":{"x":0,"image":1,"image":null}}]"#,
        ])
    func duplicates(text: String) throws {
        let problem = #expect(throws: HTTPProblem.self) { try Self.parse(text) }
        #expect(problem?.code == "duplicate_parameter" && problem?.parameter == "image")
        _ = try Self.parse(#"{"image":{"image":[{"image":1}]}}"#)
        // Canonically equivalent, but not the same bytes.
        _ = try Self.parse(#"{"\u00e9":1,"e\u0301":2}"#)
    }

    @Test("What is over a limit is refused, and what reaches it is not")
    func limits() throws {
        var limits = JSONLimits()
        limits.maxDepth = 3
        limits.maxValues = 5
        limits.maxNameBytes = 4
        limits.maxNumberBytes = 6
        let pairs = [
            ("[[[]]]", "[[[[]]]]"), (#"{"a":[{}]}"#, #"{"a":[{"b":[]}]}"#), ("[1,2,3,4]", "[1,2,3,4,5]"),
            (#"{"éé":1}"#, #"{"éé1":1}"#), ("-1.234", "-1.2345"),
        ]
        for (allowed, refused) in pairs {
            _ = try Self.parse(allowed, limits: limits)
            let problem = #expect(throws: HTTPProblem.self) { try Self.parse(refused, limits: limits) }
            #expect(problem?.status == .contentTooLarge && problem?.code == "json_too_large", "\(refused)")
        }
    }

    @Test("A million brackets do no harm", arguments: ["[", #"{"a":"#])
    func depth(opening: String) {
        let problem = #expect(throws: HTTPProblem.self) { try Self.parse(String(repeating: opening, count: 1_000_000)) }
        #expect(problem?.code == "json_too_large")
    }

    @Test("Many long names of combining marks are told apart at once", .timeLimit(.minutes(5)))
    func combiningMarks() throws {
        let marks = "a" + String(repeating: "\u{345}\u{323}", count: 60)
        let members = (0..<5000).map { #""\#(marks)\#($0)":0"# }.joined(separator: ",")
        guard case .object(let object) = try Self.parse("{\(members)}") else {
            Issue.record("no object")
            return
        }
        #expect(object.count == 5000)
    }
}
