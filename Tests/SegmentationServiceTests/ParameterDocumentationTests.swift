import Foundation
import Segmentation
import Testing

/// Documents say what the table of parameters says; `make documentation` writes it into them.
@Suite(.serialized) struct ParameterDocumentationTests {
    private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let writes = ProcessInfo.processInfo.environment["CLIPSEG_WRITE_DOCUMENTATION"] != nil

    @Test(
        "Names, kinds, ranges, defaults and sentences are the table's", arguments: ParameterDocumentation.blocks.indices
    )
    func block(index: Int) throws {
        let block = ParameterDocumentation.blocks[index]
        let path = Self.top.appending(path: block.file)
        let document = try String(contentsOf: path, encoding: .utf8)
        let expected = try #require(block.inserted(into: document), "\(block.file) has the lines around it")
        if Self.writes { try expected.write(to: path, atomically: true, encoding: .utf8) }
        #expect(Self.writes || document == expected, "\(block.file) differs from the table: make documentation")
    }

    @Test("Every parameter has a name, a sentence and a default that it takes")
    func table() throws {
        let all = SegmentationParameters.all
        #expect(Set(all.map(\.name)).count == all.count)
        for parameter in all {
            #expect(parameter.name.utf8.allSatisfy { $0 == UInt8(ascii: "_") || (0x61...0x7A).contains($0) })
            #expect(parameter.help.hasSuffix("."))
        }
    }

    private static let sides = [
        0, 1, 7, 8, 9, 10, 99, 999, 9999, 10_000, 12_000, 59_999, 60_000, 64_999, 65_000, 65_499, 65_500, 65_529,
        65_530,
        65_535, 65_536, 65_540, 65_600, 66_000, 70_000, 99_999, 100_000,
    ]
    private static let pairs = sides.flatMap { ["\($0)x1", "1x\($0)", "\($0)x\($0)", "0\($0)x1", "1x0\($0)", "\($0)"] }

    @Test(
        "The patterns of sizes, tiles and colours fit what is taken, and nothing else",
        arguments: [
            ("size", ["", "original", "model", "Model", "models", "1x", "x1", "+1x1", "1x1x1", "1 x 1"] + pairs),
            ("tiles", ["", "x", "1x-1", "2x2x2", " 2x2"] + pairs),
            ("background", ["", "#FFaa00", "#ffaa0", "#ffaa000", "ffaa00", "#ggaa00", "#+faa00", "white"]),
        ])
    func pattern(name: String, texts: [String]) throws {
        let kind = try SegmentationParameters.parameter(name).kind
        let pattern = try Regex(#require(ParameterDocumentation.pattern(kind)))
        var taken = 0
        for text in texts {
            var parameters = SegmentationParameters()
            try parameters.add("prompt", .text("a cat"))
            if name == "background" { try parameters.add("as", .text("cutout")) }
            try parameters.add(name, .text(text))
            let isTaken = (try? parameters.request(image: [1])) != nil
            #expect(isTaken == (text.wholeMatch(of: pattern) != nil), "\(text)")
            taken += isTaken ? 1 : 0
        }
        #expect(taken > 0 && taken < texts.count)
    }

    @Test("openapi.yaml knows the codes that parameters are refused with")
    func codes() throws {
        let document = try String(contentsOf: Self.top.appending(path: "openapi.yaml"), encoding: .utf8)
        for code in [
            "contradictory_parameter", "too_many_values", "answer_too_large", "too_much_work", "unusable_prompt_mask",
            "invalid_embedding", "malformed_json", "json_too_large",
        ] {
            #expect(document.contains("        - \(code)\n"), "\(code)")
        }
    }
}
