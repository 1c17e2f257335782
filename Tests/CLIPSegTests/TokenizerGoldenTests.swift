import Foundation
import Testing

@testable import CLIPSeg

@Suite("The tokenizer agrees with transformers' CLIPTokenizer")
struct TokenizerGoldenTests {
    @Test("on texts of many scripts, odd characters and special tokens, with the demo vocabulary")
    func encodesTheGoldenTexts() throws {
        let rows = try TokenizerFixtures.rows(
            of: EncodedText.self, in: TokenizerFixtures.folder.appending(path: "golden.jsonl"))
        #expect(rows.count > 2000)
        expectEqualIDs(rows, by: try TokenizerFixtures.tokenizer())
    }

    @Test("when decoding ids, broken UTF-8 and unknown ids among them")
    func decodesTheGoldenIDs() throws {
        try expectEqualTexts(in: TokenizerFixtures.folder, by: TokenizerFixtures.tokenizer())
    }

    @Test("on every code point of the first planes in several contexts")
    func sweepsTheFirstCodePoints() throws {
        try expectEqualDigests(in: TokenizerFixtures.folder, blocks: 0..<8, by: TokenizerFixtures.tokenizer())
    }

    @Test(
        "on many more texts and all code points, with CLIP's own vocabulary",
        .enabled(
            if: realTokenizerFolder != nil,
            "Needs CLIPSEG_REAL_TOKENIZER, the folder that Fixtures/tokenizer/make_real_golden.py made"))
    func agreesWithTheRealVocabulary() throws {
        let folder = try #require(realTokenizerFolder)
        let tokenizer = try CLIPSegTokenizer(CheckpointFolder(path: folder.path))
        #expect(tokenizer.vocabularySize == 49408)
        #expect(tokenizer.encode("a photo of a cat") == [49406, 320, 1125, 539, 320, 2368, 49407])
        let rows = try TokenizerFixtures.rows(of: EncodedText.self, in: folder.appending(path: "golden.jsonl"))
        #expect(rows.count > 2000)
        expectEqualIDs(rows, by: tokenizer)
        try expectEqualTexts(in: folder, by: tokenizer)
        try expectEqualDigests(in: folder, blocks: 0..<272, by: tokenizer)
    }

    private func expectEqualIDs(_ rows: [EncodedText], by tokenizer: CLIPSegTokenizer) {
        for row in rows {
            let ids = tokenizer.encode(row.text)
            if ids != row.ids {
                Issue.record("\(row.text.debugDescription): \(ids) where transformers has \(row.ids)")
            }
        }
    }

    private func expectEqualTexts(in folder: URL, by tokenizer: CLIPSegTokenizer) throws {
        let rows = try TokenizerFixtures.rows(of: DecodedIDs.self, in: folder.appending(path: "decode.jsonl"))
        #expect(rows.count > 400)
        for row in rows {
            // Compared as bytes: canonically equivalent strings are equal in Swift.
            #expect(Array(tokenizer.decode(row.ids).utf8) == Array(row.text.utf8))
            let withoutSpecialTokens = tokenizer.decode(row.ids, skipSpecialTokens: true)
            #expect(Array(withoutSpecialTokens.utf8) == Array(row.textWithoutSpecialTokens.utf8))
        }
    }

    /// Compares digests of the ids of `sweep_texts` in golden_texts.py, one for each block of 4,096 code points.
    private func expectEqualDigests(in folder: URL, blocks: Range<Int>, by tokenizer: CLIPSegTokenizer) throws {
        let digests = try JSONDecoder().decode(
            [String].self, from: Data(contentsOf: folder.appending(path: "sweep.json")))
        for block in blocks {
            let texts = stride(from: block * 4096, to: (block + 1) * 4096, by: 64).map(sweepText)
            let digest = digest(of: texts.flatMap { tokenizer.encode($0) })
            #expect(digest == UInt64(digests[block], radix: 16), "code points from \(block * 4096) on")
        }
    }

    private func sweepText(from first: Int) -> String {
        var text = String.UnicodeScalarView()
        for c in (first..<first + 64).compactMap({ Unicode.Scalar(UInt32($0)) }) {
            text.append(
                contentsOf: """
                    \(c) a\(c)b a\u{323}\(c)\u{301} \(c)\u{338}!\(c)1\(c)\(c) \u{1100}\(c)\u{1161}\u{EB8}\(c)\u{EB8}\u{20}
                    """.unicodeScalars)
        }
        return String(text)
    }

    /// 64-bit FNV-1a.
    private func digest(of ids: [Int]) -> UInt64 {
        ids.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}

private let realTokenizerFolder = ProcessInfo.processInfo.environment["CLIPSEG_REAL_TOKENIZER"].map {
    URL(filePath: $0, directoryHint: .isDirectory)
}
