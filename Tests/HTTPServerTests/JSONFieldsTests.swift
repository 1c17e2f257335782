import Testing

@testable import HTTPServer

@Suite struct JSONFieldsTests {
    private enum Colour: String, CaseIterable {
        case red, green
    }

    private static func fields(_ text: String, limits: JSONLimits = JSONLimits()) throws -> JSONFields {
        try JSONFields(parsing: Array(text.utf8), limits: limits)
    }

    @Test("Members are taken by name, each as what it should be")
    func taken() throws {
        var fields = try Self.fields(
            #"{"t":"x","ts":["a","b"],"one":"c","n":1.5,"i":-3,"f":true,"c":"green","v":[1,2],"r":[[1],[2,3]],"o":{"i":1},"os":[{"i":1},{"i":2}],"any":[null]}"#
        )
        #expect(try fields.text("t") == "x")
        #expect(try fields.texts("ts") == ["a", "b"])
        #expect(try fields.texts("one") == ["c"])
        #expect(try fields.number("n") == 1.5)
        #expect(try fields.integer("i") == -3)
        #expect(try fields.flag("f") == true)
        #expect(try fields.choice("c", of: Colour.self) == .green)
        #expect(try fields.numbers("v") == [1, 2])
        #expect(try fields.rows("r") == [[1], [2, 3]])
        var object = try #require(try fields.object("o"))
        #expect(try object.integer("i") == 1)
        try object.requireNothingElse()
        #expect(try fields.objects("os").count == 2)
        #expect(fields.value("any") == .array([.null]))
        try fields.requireNothingElse()
    }

    @Test("A member that is null or not there is absent")
    func absent() throws {
        var fields = try Self.fields(#"{"a":null}"#)
        for name in ["a", "b"] {
            #expect(try fields.string(name) == nil && fields.texts(name) == [] && fields.number(name) == nil)
            #expect(try fields.flag(name) == nil && fields.numbers(name) == nil && fields.rows(name) == nil)
            #expect(try fields.object(name) == nil && fields.objects(name).isEmpty)
        }
        try fields.requireNothingElse()
    }

    @Test(
        "A member of another kind is refused by its path",
        arguments: [
            ("t", #"{"t":1}"#), ("t", #"{"t":["a"]}"#), ("ts", #"{"ts":[1]}"#), ("ts", #"{"ts":{}}"#),
            ("n", #"{"n":"1"}"#), ("i", #"{"i":1.5}"#), ("i", #"{"i":1e300}"#), ("f", #"{"f":1}"#),
            ("f", #"{"f":"true"}"#),
            ("c", #"{"c":"blue"}"#), ("v", #"{"v":[1,"2"]}"#), ("v", #"{"v":1}"#), ("r", #"{"r":[1]}"#),
            ("os", #"{"os":{}}"#), ("os[1]", #"{"os":[{},1]}"#), ("os[1].i", #"{"os":[{"i":1},{"i":true}]}"#),
        ])
    func wrongKind(path: String, text: String) throws {
        var fields = try Self.fields(text)
        let problem = #expect(throws: HTTPProblem.self) {
            _ = try (fields.text("t"), fields.texts("ts"), fields.number("n"), fields.integer("i"), fields.flag("f"))
            _ = try (fields.choice("c", of: Colour.self), fields.numbers("v"), fields.rows("r"))
            for var object in try fields.objects("os") { _ = try object.integer("i") }
        }
        #expect(problem?.code == "invalid_parameter" && problem?.parameter == path)
        #expect(problem?.detail.contains("“\(path)”") == true)
    }

    @Test("What nobody takes is refused, with what there is")
    func unknown() throws {
        var fields = try Self.fields(#"{"b":1,"o":{"treshold":1}}"#)
        _ = try (fields.number("b"), fields.number("a"))
        var object = try #require(try fields.object("o"))
        _ = try object.number("threshold")
        let problem = #expect(throws: HTTPProblem.self) { try object.requireNothingElse() }
        #expect(problem?.code == "unknown_parameter" && problem?.parameter == "o.treshold")
        #expect(problem?.detail == "There is no parameter “o.treshold”. There are: threshold.")
        try fields.requireNothingElse()
    }

    @Test("Long texts are refused, and long words; strings may be long")
    func long() throws {
        var limits = JSONLimits()
        limits.maxTextBytes = 1000
        let text = #"{"t":"\#(String(repeating: "x", count: 1001))"}"#
        for take in [{ _ = try $0.text("t") }, { _ = try $0.texts("t") }] as [(inout JSONFields) throws -> Void] {
            var fields = try Self.fields(text, limits: limits)
            let problem = #expect(throws: HTTPProblem.self) { try take(&fields) }
            #expect(problem?.status == .contentTooLarge && problem?.parameter == "t")
        }
        var fields = try Self.fields(text, limits: limits)
        #expect(throws: HTTPProblem.self) { try fields.choice("t", of: Colour.self) }
        fields = try Self.fields(text, limits: limits)
        #expect(try fields.string("t")?.count == 1001)
    }

    @Test("A body that is no object is refused", arguments: ["[]", "1", #""x""#, "null"])
    func noObject(text: String) {
        let problem = #expect(throws: HTTPProblem.self) { try Self.fields(text) }
        #expect(problem?.status == .badRequest && problem?.code == "malformed_json")
    }
}
