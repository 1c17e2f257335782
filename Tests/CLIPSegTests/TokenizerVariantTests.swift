import Foundation
import Testing

@testable import CLIPSeg

@Suite("The tokenizer reads every way a checkpoint declares its tokens")
struct TokenizerVariantTests {
    /// A checkpoint folder with the demo vocabulary, and what transformers makes of it.
    struct Variant: Decodable, CustomTestStringConvertible {
        let name: String
        /// JSON, `null` where the file is absent.
        let config, map, added: String
        let size: Int
        let texts: [String]
        let ids: [[Int]]
        let decoded, decodedWithoutSpecial: [String]

        var testDescription: String { name }

        static func all() throws -> [Variant] {
            try TokenizerFixtures.rows(
                of: Variant.self, in: TokenizerFixtures.folder.appending(path: "variants.jsonl"))
        }

        func files() throws -> [String: [UInt8]] {
            var files: [String: [UInt8]] = [:]
            if config != "null" { files["tokenizer_config.json"] = Array(config.utf8) }
            if map != "null" { files["special_tokens_map.json"] = Array(map.utf8) }
            if added != "null" {
                let added = try JSONSerialization.jsonObject(with: Data(added.utf8))
                files["tokenizer.json"] = try TokenizerFixtures.tokenizerJSON { $0["added_tokens"] = added }
            } else {
                files["vocab.json"] = try TokenizerFixtures.bytes(of: "vocab.json")
                files["merges.txt"] = try TokenizerFixtures.bytes(of: "merges.txt")
            }
            return files
        }
    }

    @Test("as transformers does", arguments: try Variant.all())
    func agrees(variant: Variant) throws {
        let tokenizer = try TokenizerFixtures.withFolder(of: variant.files()) {
            try CLIPSegTokenizer(CheckpointFolder(path: $0))
        }
        #expect(tokenizer.vocabularySize == variant.size)
        for (index, text) in variant.texts.enumerated() {
            let ids = variant.ids[index]
            #expect(tokenizer.encode(text) == ids, "\(text.debugDescription)")
            #expect(tokenizer.decode(ids) == variant.decoded[index])
            #expect(tokenizer.decode(ids, skipSpecialTokens: true) == variant.decodedWithoutSpecial[index])
        }
    }

    @Test("with merges written as pairs, as strings, and without a model type")
    func readsOldAndNewMerges() throws {
        let expected = try TokenizerFixtures.tokenizer().encode("a photo of the cat's 3 hats")
        let new = try TokenizerFixtures.bytes(of: "tokenizer.json")
        #expect(try CLIPSegTokenizer(tokenizerJSON: new).encode("a photo of the cat's 3 hats") == expected)
        let old = try TokenizerFixtures.tokenizerJSON { object in
            var model = object["model"] as? [String: Any]
            let pairs = model?["merges"] as? [[String]]
            model?["merges"] = pairs?.map { $0.joined(separator: " ") }
            model?["type"] = nil
            object["model"] = model
        }
        #expect(try CLIPSegTokenizer(tokenizerJSON: old).encode("a photo of the cat's 3 hats") == expected)
    }

    @Test("with Windows line ends in the merges")
    func readsWindowsLineEnds() throws {
        let merges = String(decoding: try TokenizerFixtures.bytes(of: "merges.txt"), as: UTF8.self)
        let tokenizer = try CLIPSegTokenizer(
            vocabulary: TokenizerFixtures.bytes(of: "vocab.json"),
            merges: Array(merges.replacing("\n", with: "\r\n").utf8))
        #expect(try tokenizer.encode("the cat") == TokenizerFixtures.tokenizer().encode("the cat"))
    }
}
