import Testing

@testable import Segmentation

@Suite struct BatchListTests {
    private static func entries(_ text: String) throws -> [BatchList.Entry] {
        var usual = BatchOptions()
        usual.threshold = 0.25
        return try BatchList(Array(text.utf8), name: "list", usual: usual).entries
    }

    @Test("A line says what differs from the whole batch")
    func entries() throws {
        let entries = try Self.entries(
            """
            {"image": "a.jpg"}

            {"image": "/b.png", "prompts": ["a cat", "ein Hund"], "output": "x/b.png"}\r
            {"image": "c.png", "options": {"as": "logits", "threshold": 1, "decode": "fast"}, "prompts": null}
            """)
        #expect(entries.map(\.image) == ["a.jpg", "/b.png", "c.png"])
        #expect(entries.map(\.line) == [1, 3, 4])
        #expect(entries.map(\.prompts) == [nil, ["a cat", "ein Hund"], nil])
        #expect(entries.map(\.output?.text) == [nil, "x/b.png", nil])
        #expect(entries.map(\.options.threshold) == [0.25, 0.25, 1])
        #expect(entries.map(\.options.output) == [.mask, .mask, .logits])
        #expect(entries.map(\.options.decoding) == [.exact, .exact, .fast])
    }

    @Test(
        "What makes no sense is refused, with its line and what is wrong",
        arguments: [
            ("[]", "no JSON object"), ("{\"image\": \"a\"", "no JSON object"), ("image", "no JSON object"),
            ("{\"image\": \"a\u{0}\"}", "no JSON object"), ("{}", "“image” is missing"),
            (#"{"image": ""}"#, "“image” should be a path"), (#"{"image": "a\u0000"}"#, "“image” should be a path"),
            (#"{"image": 1}"#, "“image” is of the wrong type"), (#"{"image": "a", "imgae": 1}"#, "no key “imgae”"),
            (#"{"image": "a", "prompts": "cat"}"#, "“prompts” is of the wrong type"),
            (#"{"image": "a", "prompts": ["x", 1]}"#, "“prompts.1” is of the wrong type"),
            (#"{"image": "a", "prompts": []}"#, "1 to 64 texts"),
            (#"{"image": "a", "prompts": ["cat", " "]}"#, "a prompt is empty"),
            (#"{"image": "a", "output": "../a.png"}"#, "“output” has a component that begins with a dot"),
            (#"{"image": "a", "output": "/etc/a.png"}"#, "“output” is empty, begins or ends with a slash"),
            (#"{"image": "a", "options": {"threshold": 1.5}}"#, "“threshold” is 1.5; give a number between 0 and 1"),
            (#"{"image": "a", "options": {"threshold": true}}"#, "“threshold” is true"),
            (#"{"image": "a", "options": {"as": "jpeg"}}"#, "it can be mask, probability, logits"),
            (#"{"image": "a", "options": {"size": 3}}"#, "no option “size”; there are: as, decode, threshold"),
            (#"{"image": "a", "options": {"as": ["mask"]}}"#, "“options.as” is of the wrong type"),
        ])
    func refusals(line: String, problem: String) throws {
        let error = try #require(throws: BatchError.self) { try Self.entries("{\"image\": \"ok\"}\n" + line + "\n") }
        #expect(error.description.hasPrefix("list, line 2: "))
        #expect(error.description.contains(problem))
    }

    @Test("A line has a limit, and so has the number of prompts")
    func limits() throws {
        func list(prompts: [String]) -> String {
            #"{"image": "a", "prompts": ["# + prompts.map { "\"\($0)\"" }.joined(separator: ",") + "]}"
        }
        #expect(try Self.entries(list(prompts: Array(repeating: "x", count: 64))).count == 1)
        #expect(throws: BatchError.self) { try Self.entries(list(prompts: Array(repeating: "x", count: 65))) }
        let fixed = list(prompts: [""]).utf8.count
        let longest = String(repeating: "x", count: BatchList.maxLineBytes - fixed)
        #expect(try Self.entries(list(prompts: [longest])).count == 1)
        #expect(throws: BatchError.line(list: "list", line: 1, problem: "it is longer than 262144 bytes")) {
            try Self.entries(list(prompts: [longest + "x"]))
        }
    }

    @Test("Nested brackets without end are refused, not followed")
    func nesting() {
        let brackets = #"{"image": "a", "options": {"as": "# + String(repeating: "[", count: 100_000)
        #expect(throws: BatchError.self) { try Self.entries(brackets) }
    }
}
