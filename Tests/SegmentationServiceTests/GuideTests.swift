import Foundation
import Segmentation
import Testing

/// The API guide leaves nothing out. `Tests/Documentation/run_snippets.py` runs what it shows.
struct GuideTests {
    private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func document(_ path: String) throws -> String {
        try String(contentsOf: top.appending(path: path), encoding: .utf8)
    }

    @Test("It explains every code that openapi.yaml lists")
    func codes() throws {
        let schema = try #require(
            Self.document("openapi.yaml").firstMatch(of: /(?m)^    ProblemCode:\n(?<lines>(?:      .*\n)+)/))
        let codes = schema.output.lines.matches(of: /(?m)^        - (\w+)$/).map { String($0.output.1) }
        #expect(codes.count > 40)
        let guide = try Self.document("Documentation/api.md")
        for code in codes { #expect(guide.contains("`\(code)`"), "\(code)") }
    }

    @Test("Every parameter is told outside of its table, too", arguments: SegmentationParameters.all.map(\.name))
    func parameter(name: String) throws {
        let guide = try Self.document("Documentation/api.md")
        let told = try #require(guide.split(separator: "## All parameters").first)
        #expect(told.contains("`\(name)`") || told.contains("`\(name)=") || told.contains("-F \(name)="))
    }

    @Test("Every picture is there, and is linked")
    func pictures() throws {
        let folder = Self.top.appending(path: "Documentation")
        let linked = try Self.document("Documentation/api.md").matches(of: /\]\((images\/[\w\/.-]+)\)/)
            .map { String($0.output.1) }
        #expect(linked.count > 20)
        for path in linked {
            #expect(FileManager.default.fileExists(atPath: folder.appending(path: path).path), "\(path)")
        }
        let made = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "images/api").path)
        for name in made { #expect(linked.contains("images/api/\(name)"), "\(name)") }
    }
}
