import Foundation
import Testing

@Suite struct BatchTests {
    @Test("batch reads a list, writes what segment would, and reports images that failed in manifest and exit status")
    func list() async throws {
        struct Line: Decodable {
            let output: String
            let status: String
        }
        let folder = try TemporaryFolder()
        let output = folder.file("out")
        let list = """
            {"image": "\(Program.scene)", "output": "drums/a.png"}
            {"image": "\(Program.scene)", "prompts": ["a picture of the balloon"], "options": {"as": "probability"}}
            {"image": "nothing.png"}
            """
        let outcome = try await Program.run(
            "batch", "-", "--prompts", "a picture of the drum", "--output", output, input: Data(list.utf8))
        #expect(outcome.status == 65)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("clipseg: 2 done, 1 failed, in "))
        #expect(!outcome.errors.contains(" left"), "no progress bar where there is no terminal")

        let expected = [
            "drums/a.png": ["segment", Program.scene, "a picture of the drum"],
            "scene-2023.png": ["segment", Program.scene, "a picture of the balloon", "--as", "probability"],
        ]
        for (name, arguments) in expected {
            let answer = try Data(contentsOf: URL(fileURLWithPath: output + "/" + name))
            #expect(try await Program.run(arguments).output == answer)
        }
        let manifest = try String(contentsOfFile: output + "/manifest.jsonl", encoding: .utf8)
        let lines = try manifest.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.map(\.output).sorted() == ["drums/a.png", "nothing.png", "scene-2023.png"])
        #expect(lines.filter { $0.status == "failed" }.map(\.output) == ["nothing.png"])
    }
}
