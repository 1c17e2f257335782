import Foundation
import Testing

@testable import CLIPSeg

@Suite("The tokenizer refuses bad files with a clear error")
struct TokenizerErrorTests {
    /// Contents of `vocab.json` and `merges.txt`, and words of the error they must give.
    struct BadFiles: CustomTestStringConvertible, Sendable {
        let name: String
        var vocabulary = TokenizerErrorTests.smallVocabulary
        var merges = "#version: 0.2\na b</w>\n"
        let message: String

        var testDescription: String { name }
    }

    static let smallVocabulary =
        #"{"a": 0, "b": 1, "a</w>": 2, "b</w>": 3, "ab</w>": 4, "<|startoftext|>": 5, "<|endoftext|>": 6}"#

    static let badFiles: [BadFiles] = [
        BadFiles(name: "empty vocabulary", vocabulary: "", message: "vocab.json is malformed"),
        BadFiles(name: "truncated vocabulary", vocabulary: #"{"a": 0, "b"#, message: "vocab.json is malformed"),
        BadFiles(name: "a list", vocabulary: #"["a", "b"]"#, message: "vocab.json is malformed"),
        BadFiles(name: "ids as strings", vocabulary: #"{"a": "0"}"#, message: "vocab.json is malformed"),
        BadFiles(name: "fractional ids", vocabulary: #"{"a": 0.5}"#, message: "vocab.json is malformed"),
        BadFiles(name: "null ids", vocabulary: #"{"a": null}"#, message: "vocab.json is malformed"),
        BadFiles(name: "astronomic ids", vocabulary: #"{"a": 1e99}"#, message: "vocab.json is malformed"),
        BadFiles(name: "large ids", vocabulary: #"{"a": 9223372036854775807}"#, message: "outside 0…"),
        BadFiles(name: "negative ids", vocabulary: #"{"a": -1}"#, message: "has the id -1, outside 0…"),
        BadFiles(name: "duplicate ids", vocabulary: #"{"a": 7, "b": 7}"#, message: "two tokens have the id 7"),
        BadFiles(
            name: "deep nesting", vocabulary: String(repeating: "[", count: 100_000), message: "vocab.json is malformed"
        ),
        BadFiles(name: "broken UTF-16", vocabulary: #"{"\ud800": 0}"#, message: "vocab.json is malformed"),
        BadFiles(name: "empty object", vocabulary: "{}", message: "lacks <|startoftext|>"),
        BadFiles(
            name: "no end token", vocabulary: #"{"a": 0, "a</w>": 1, "<|startoftext|>": 2}"#,
            message: "lacks <|endoftext|>"),
        BadFiles(
            name: "no ends of words", vocabulary: #"{"a": 0, "<|startoftext|>": 1, "<|endoftext|>": 2}"#, merges: "",
            message: "ends with </w>"),
        BadFiles(name: "one token in a line", merges: "a b</w>\nab\n", message: "line 2 is not two tokens"),
        BadFiles(name: "three tokens in a line", merges: "a b b</w>\n", message: "line 1 is not two tokens"),
        BadFiles(name: "an empty line", merges: "a b</w>\n\na b</w>", message: "line 2 is not two tokens"),
        BadFiles(name: "unknown left token", merges: "x b</w>\n", message: "Merge 1 needs the token “x”"),
        BadFiles(name: "unknown right token", merges: "a b</w>\na y\n", message: "Merge 2 needs the token “y”"),
        BadFiles(name: "unknown merged token", merges: "b a</w>\n", message: "Merge 1 needs the token “ba</w>”"),
    ]

    @Test("when the vocabulary or the merges are malformed", arguments: badFiles)
    func refusesBadFiles(files: BadFiles) throws {
        let error = #expect(throws: TokenizerError.self) {
            try CLIPSegTokenizer(vocabulary: Array(files.vocabulary.utf8), merges: Array(files.merges.utf8))
        }
        let description = try #require(error).description
        #expect(description.contains(files.message), "\(description)")
    }

    @Test("and takes the small vocabulary of these tests when nothing is wrong with it")
    func acceptsTheSmallVocabulary() throws {
        let good = BadFiles(name: "good", message: "")
        let tokenizer = try CLIPSegTokenizer(vocabulary: Array(good.vocabulary.utf8), merges: Array(good.merges.utf8))
        #expect(tokenizer.encode("ab a c") == [5, 4, 2, 6, 6], "unknown bytes become <|endoftext|>")
    }

    @Test("when a file is not UTF-8")
    func refusesBrokenUTF8() throws {
        let vocabulary = Array(Self.smallVocabulary.utf8)
        #expect(throws: TokenizerError.self) { try CLIPSegTokenizer(vocabulary: [0x7B, 0x22, 0xFF], merges: []) }
        #expect(throws: TokenizerError.malformedFile(name: "merges.txt", reason: "it is not UTF-8")) {
            try CLIPSegTokenizer(vocabulary: vocabulary, merges: [0x61, 0x20, 0xFF])
        }
    }

    @Test("when a vocabulary names one token twice, without a trap")
    func survivesDuplicateTokens() {
        let vocabulary = Self.smallVocabulary.dropLast() + #", "a": 9}"#
        _ = try? CLIPSegTokenizer(vocabulary: Array(vocabulary.utf8), merges: [])
    }

    @Test("when the vocabulary is cut off anywhere")
    func refusesEveryTruncation() {
        let bytes = Array(Self.smallVocabulary.utf8)
        for count in bytes.indices {
            #expect(throws: TokenizerError.self) {
                try CLIPSegTokenizer(vocabulary: Array(bytes.prefix(count)), merges: [])
            }
        }
    }

    @Test(
        "when tokenizer.json is of another kind",
        arguments: [
            ("model.type", #""WordPiece""#), ("model.type", #""Unigram""#), ("model.end_of_word_suffix", #""""#),
            ("model.end_of_word_suffix", "null"), ("model.continuing_subword_prefix", "\"##\""),
            ("model.dropout", "0.1"), ("normalizer", "null"), ("normalizer", #"{"type": "BertNormalizer"}"#),
            ("normalizer", #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Lowercase"}]}"#),
            ("pre_tokenizer", "null"), ("pre_tokenizer", #"{"type": "ByteLevel"}"#),
            ("pre_tokenizer", #"{"type": "Sequence", "pretokenizers": []}"#),
            ("post_processor", #"{"type": "BertProcessing"}"#),
        ])
    func refusesOtherKinds(path: String, value: String) throws {
        let error = try #require(try errorAfterSetting(path, to: value))
        guard case .notCLIP = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(
        "when tokenizer.json has wrong types or contradicts itself",
        arguments: [
            ("model", "null"), ("model", "[]"), ("model.vocab", "null"), ("model.vocab", #"[["a", 0.5]]"#),
            ("model.vocab", #"{"a": -3}"#), ("model.merges", "null"), ("model.merges", "7"),
            ("model.merges", #"["a"]"#), ("model.merges", #"[["a"]]"#), ("model.merges", #"[["a", "b", "c"]]"#),
            ("model.merges", #"["zz zz"]"#), ("normalizer", "3"), ("pre_tokenizer", "{}"), ("added_tokens", "{}"),
            ("added_tokens", #"[{"id": 5}]"#), ("added_tokens", #"[{"id": 5, "content": "<|endoftext|>"}]"#),
            ("added_tokens", #"[{"id": 9999, "content": "new"}]"#),
            ("added_tokens", #"[{"id": -1, "content": "new"}]"#),
        ])
    func refusesContradictions(path: String, value: String) throws {
        let error = try #require(try errorAfterSetting(path, to: value))
        switch error {
        case .malformedFile, .invalidMerge: break
        default: Issue.record("\(error)")
        }
    }

    @Test("when tokenizer.json is empty, cut off, or something else")
    func refusesBrokenTokenizerJSON() throws {
        let whole = try TokenizerFixtures.bytes(of: "tokenizer.json")
        for bytes in [
            [], Array(whole.dropLast(100)), Array("true".utf8), Array("{}".utf8), [0], Array("\u{FEFF}".utf8),
        ] {
            #expect(throws: TokenizerError.self) { try CLIPSegTokenizer(tokenizerJSON: bytes) }
        }
    }

    @Test("when other files name other special tokens")
    func refusesOtherSpecialTokens() throws {
        let vocabulary = try TokenizerFixtures.bytes(of: "vocab.json")
        let merges = try TokenizerFixtures.bytes(of: "merges.txt")
        for (name, content) in [
            ("tokenizer_config.json", #"{"eos_token": "</s>"}"#), ("special_tokens_map.json", #"{"bos_token": "<s>"}"#),
            ("tokenizer_config.json", "[]"), ("special_tokens_map.json", #"{"bos_token": 7}"#),
            ("tokenizer_config.json", #"{"added_tokens_decoder": {"x": {"content": "y"}}}"#),
        ] {
            let files = ["vocab.json": vocabulary, "merges.txt": merges, name: Array(content.utf8)]
            #expect(throws: TokenizerError.self) {
                try TokenizerFixtures.withFolder(of: files) { try CLIPSegTokenizer(CheckpointFolder(path: $0)) }
            }
        }
    }

    @Test("when files are missing, unreadable or huge")
    func refusesMissingFiles() throws {
        try TokenizerFixtures.withFolder(of: [:]) { folder in
            _ = #expect(throws: TokenizerError.missingFile(name: "vocab.json", folder: folder)) {
                try CLIPSegTokenizer(CheckpointFolder(path: folder))
            }
        }
        let vocabulary = Array(Self.smallVocabulary.utf8)
        try TokenizerFixtures.withFolder(of: ["vocab.json": vocabulary]) { folder in
            #expect(throws: TokenizerError.missingFile(name: "merges.txt", folder: folder)) {
                try CLIPSegTokenizer(CheckpointFolder(path: folder))
            }
            try FileManager.default.createDirectory(
                atPath: "\(folder)/merges.txt", withIntermediateDirectories: false)
            #expect(
                throws: CheckpointError.unreadable(
                    path: "\(folder)/merges.txt", reason: "it is not a regular file")
            ) { try CLIPSegTokenizer(CheckpointFolder(path: folder)) }
        }
        try TokenizerFixtures.withFolder(of: ["tokenizer.json": Array("{".utf8)]) { folder in
            let limit = TokenizerDefinition.maxFileByteCount
            let file = try FileHandle(forWritingTo: URL(filePath: "\(folder)/tokenizer.json"))
            try file.truncate(atOffset: UInt64(limit) + 1)
            #expect(throws: CheckpointError.self) {
                try CLIPSegTokenizer(CheckpointFolder(path: folder))
            }
        }
    }

    /// The error for the saved `tokenizer.json` with one value replaced.
    private func errorAfterSetting(_ path: String, to value: String) throws -> TokenizerError? {
        let value = try JSONSerialization.jsonObject(with: Data(value.utf8), options: .fragmentsAllowed)
        let keys = path.split(separator: ".").map(String.init)
        let bytes = try TokenizerFixtures.tokenizerJSON { object in
            if keys.count == 1 {
                object[keys[0]] = value
            } else {
                var inner = object[keys[0]] as? [String: Any]
                inner?[keys[1]] = value
                object[keys[0]] = inner
            }
        }
        return #expect(throws: TokenizerError.self) { try CLIPSegTokenizer(tokenizerJSON: bytes) }
    }
}
