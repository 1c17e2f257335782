import Testing

@testable import Segmentation

@Suite struct BatchListTests {
    private static func entries(_ text: String) throws -> [BatchList.Entry] {
        var options = WrittenParameters()
        try options.add("threshold", "0.25")
        let usual = BatchList.Usual(prompts: ["x"], options: options, folder: "lists/")
        return try BatchList(Array(text.utf8), name: "list", usual: usual).entries
    }

    @Test("A line says what differs from the whole batch")
    func entries() throws {
        let entries = try Self.entries(
            """
            {"image": "a.jpg"}

            {"image": "/b.png", "prompts": ["a cat", "ein Hund"], "output": "x/b.png"}\r
            {"image": "c.png", "options": {"as": "json", "threshold": 1, "decode": "fast"}, "prompts": null}
            """)
        #expect(entries.map(\.image) == ["a.jpg", "/b.png", "c.png"])
        #expect(entries.map(\.line) == [1, 3, 4])
        #expect(entries.map(\.prompts) == [nil, ["a cat", "ein Hund"], nil])
        #expect(entries.map(\.output?.text) == [nil, "x/b.png", nil])
        let requests = try entries.map { try $0.options.request(image: [1], prompts: ["x"]) { _ in [] } }
        #expect(requests.map(\.threshold) == [0.25, 0.25, 1])
        #expect(requests.map(\.output) == [.mask, .mask, .json])
        #expect(requests.map(\.decoding) == [.exact, .exact, .fast])
    }

    @Test(
        "A line can have any option, as numbers, texts, flags, lists, and files by their paths from the list's folder")
    func anyOption() throws {
        let entries = try Self.entries(
            """
            {"image": "a", "options": {"tiles": "2x3", "overlap": 0.1, "fill_holes": true, "grow": 2, "size": "9x8"}}
            {"image": "a", "prompts": ["x", "y"], "options": {"prompt_weight": [1, 2.5], "threshold": [0.1, "auto"]}}
            {"image": "a", "options": {"prompt_image": "b.png", "prompt_mask": ["/c.png"], "embedding": [0.5, -1]}}
            {"image": "a", "prompts": ["x"], "options": {"embedding": ["e.npy"], "negative_prompt": ["y"]}}
            """)
        var read: [String] = []
        let requests = try entries.map { entry in
            try entry.options.request(image: [1], prompts: entry.prompts ?? ["x"]) { path in
                read.append(path)
                return path.hasSuffix(".npy") ? NumPyFile.encode([1, 2, 3, 4], shape: [2, 2]) : Array(path.utf8)
            }
        }
        #expect(requests[0].tiles == TileCount("2x3") && requests[0].tileOverlap == 0.1 && requests[0].fillsHoles)
        #expect(requests[0].growing == 2 && requests[0].size == AnswerSize("9x8"))
        #expect(requests[1].promptWeights == [1, 2.5])
        #expect(requests[1].thresholds == Thresholds([.probability(0.1), .automatic]))
        #expect(read == ["lists/b.png", "/c.png", "lists/e.npy"])
        guard case .image(Array("lists/b.png".utf8), mask: Array("/c.png".utf8)) = requests[2].prompts[1],
            case .embedding([0.5, -1]) = requests[2].prompts[2]
        else {
            Issue.record("\(requests[2].prompts)")
            return
        }
        #expect(requests[3].prompts.count == 3 && requests[3].negativePrompts == ["y"])
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
            (#"{"image": "a", "output": "a.jpg"}"#, "“output” ends in .jpg, but what is asked for is written as .png"),
            (
                #"{"image": "a", "output": "a.png", "options": {"combine": "separate"}}"#,
                "“output” ends in .png, but what is asked for is written as .zip or .json"
            ),
            (#"{"image": "a", "output": "/etc/a.png"}"#, "“output” is empty, begins or ends with a slash"),
            (#"{"image": "a", "options": {"threshold": 1.5}}"#, "“threshold” is “1.5”; it can be a number from 0 to 1"),
            (#"{"image": "a", "options": {"threshold": true}}"#, "“threshold” is “true”"),
            (#"{"image": "a", "options": {"as": "jpeg"}}"#, "it can be mask, probability, cutout"),
            (#"{"image": "a", "options": {"sise": 3}}"#, "no parameter “sise”"),
            (#"{"image": "a", "options": {"prompt": "x"}}"#, "“prompt” is no option"),
            (#"{"image": "a", "options": {"as": ["mask", "json"]}}"#, "“as” is given more than once"),
            (#"{"image": "a", "image": "b"}"#, "“image” is given more than once"),
            (#"{"image": "a", "output": "a.png", "output": "b.png"}"#, "“output” is given more than once"),
            (
                #"{"image": "a", "options": {"threshold": 0.4, "thresh\u006fld": 0.4}}"#,
                "“threshold” is given more than once"
            ),
            (#"{"image": "a", "options": {"as": {"x": 1}}}"#, "“options.as” is of the wrong type"),
            (#"{"image": "a", "options": {"components": true}}"#, "“components” means nothing without as=json"),
            (#"{"image": "a", "options": {"as": "logits"}}"#, "“threshold” means nothing without as=mask"),
            (
                #"{"image": "a", "options": {"prompt_weight": [1, 2]}}"#,
                "“prompt_weight” is given 2 times for 1 prompt;"
            ),
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
        let rest = BatchList.maxLineBytes - list(prompts: Array(repeating: "", count: 5)).utf8.count
        let some = Array(repeating: String(repeating: "x", count: rest / 5), count: 4)
        let last = String(repeating: "x", count: rest - 4 * (rest / 5))
        #expect(try Self.entries(list(prompts: some + [last])).count == 1)
        #expect(throws: BatchError.line(list: "list", line: 1, problem: "it is longer than 262144 bytes")) {
            try Self.entries(list(prompts: some + [last + "x"]))
        }
    }

    @Test("Nested brackets without end are refused, not followed")
    func nesting() {
        let brackets = #"{"image": "a", "options": {"as": "# + String(repeating: "[", count: 100_000)
        #expect(throws: BatchError.self) { try Self.entries(brackets) }
    }
}
