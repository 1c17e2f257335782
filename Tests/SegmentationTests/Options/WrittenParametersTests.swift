import Foundation
import Testing

@testable import Segmentation

@Suite struct WrittenParametersTests {
    private static func read(_ json: String) throws -> WrittenParameters {
        try JSONDecoder().decode(WrittenParameters.self, from: Data(json.utf8))
    }

    @Test(
        "They are written to JSON as numbers, flags and texts, and read again",
        arguments: [
            "{}", #"{"crop":true}"#, #"{"threshold":0.25}"#, #"{"threshold":[0.25,"auto"]}"#, #"{"tiles":"2x3"}"#,
            #"{"bit_depth":16}"#, #"{"embedding":"[0.5, -1]"}"#, #"{"negative_prompt":["a","12"]}"#,
            #"{"prompt_image":["a.png","b.png"],"prompt_mask":["c.png","d.png"]}"#,
        ])
    func json(text: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let parameters = try Self.read(text)
        #expect(String(decoding: try encoder.encode(parameters), as: UTF8.self) == text)
        #expect(try Self.read(text) == parameters)
    }

    @Test(
        "What means the same is the same",
        arguments: [
            (#"{"as":"mask","decode":"exact","threshold":0.5}"#, "{}", true),
            (#"{"threshold":"0.50"}"#, #"{"threshold":[0.5]}"#, true),
            (#"{"embedding":[0.5,-1]}"#, #"{"embedding":"[0.5, -1]"}"#, true),
            (#"{"threshold":0.5}"#, #"{"threshold":0.51}"#, false), (#"{"fit":"letterbox"}"#, "{}", false),
            (#"{"negative_prompt":"1.0"}"#, #"{"negative_prompt":"1"}"#, false),
        ])
    func equality(left: String, right: String, areSame: Bool) throws {
        #expect((try Self.read(left) == Self.read(right)) == areSame)
    }

    @Test("Names that there are not are refused", arguments: [#"{"sise":1}"#, #"{"prompt":"x"}"#, #"{"image":"x"}"#])
    func strangers(text: String) {
        let error = #expect(throws: InputError.self) { try Self.read(text) }
        #expect(error?.code == "unknown_parameter")
    }

    @Test(
        "A name that promises another kind of answer is one",
        arguments: [
            ("{}", "a.png", true), ("{}", "a.PNG", true), ("{}", "a.jpg", false), ("{}", "b.png/a.Jpeg", false),
            ("{}", "a.zip", false), ("{}", "a", true), ("{}", "png", true), ("{}", "a.tar", true),
            ("{}", "/dev/null", true),
            (#"{"as":"json"}"#, "a.json", true), (#"{"as":"json"}"#, "a.png", false),
            (#"{"as":"logits"}"#, "a.npy", true), (#"{"as":"logits"}"#, "a.json", false),
            (#"{"combine":"separate"}"#, "a.zip", true), (#"{"combine":"separate"}"#, "a.json", true),
            (#"{"combine":"separate"}"#, "a.png", false), (#"{"combine":"union"}"#, "a.zip", false),
        ])
    func names(text: String, name: String, fits: Bool) throws {
        #expect((try Self.read(text).misnomer(name) == nil) == fits)
    }
}
