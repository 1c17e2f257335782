import Foundation
import Segmentation
import Testing

/// The version stands in one place, and what can't read it from there agrees.
struct VersionTests {
    private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    @Test("It is a semantic version")
    func semantic() {
        #expect(clipsegVersion.wholeMatch(of: /\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?/) != nil)
    }

    @Test("openapi.yaml has it as its own, and in all examples")
    func openAPI() throws {
        let document = try String(contentsOf: Self.top.appending(path: "openapi.yaml"), encoding: .utf8)
        let own = try #require(document.firstMatch(of: /info:\n  title: clipseg\n  version: (\S+)\n/))
        #expect(own.output.1 == clipsegVersion)
        let all = document.matches(of: /\bversion: (\d+\.\d+\.[^\s,}]+)/).map { String($0.output.1) }
        #expect(all.count == 3 && all.allSatisfy { $0 == clipsegVersion })
    }

    @Test("The changelog has it, released or as what will be")
    func changelog() throws {
        let document = try String(contentsOf: Self.top.appending(path: "CHANGELOG.md"), encoding: .utf8)
        #expect(document.contains("## [\(clipsegVersion)]") || document.contains("What will be \(clipsegVersion)."))
    }
}
