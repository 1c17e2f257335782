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
