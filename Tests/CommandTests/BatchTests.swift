import Foundation
import Imaging
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
            let alone = try RGBImage(decoding: Array(try await Program.run(arguments).output))
            // Images that share a batch are added up in another order.
            let pixels = zip(try RGBImage(decoding: Array(answer)).pixels, alone.pixels)
            #expect(pixels.count { abs(Int($0) - Int($1)) > 1 } <= 12)
        }
        let manifest = try String(contentsOfFile: output + "/manifest.jsonl", encoding: .utf8)
        let lines = try manifest.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        #expect(lines.map(\.output).sorted() == ["drums/a.png", "nothing.png", "scene-2023.png"])
        #expect(lines.filter { $0.status == "failed" }.map(\.output) == ["nothing.png"])
    }

    @Test("batch takes the options of segment, from the command and from a list")
    func options() async throws {
        let folder = try TemporaryFolder()
        let output = folder.file("out")
        let list = """
            {"image": "\(Program.scene)", "output": "all.png"}
            {"image": "\(Program.scene)", "output": "own.png", "options": {"refine": "none", "margin": 9, "grow": 0}}
            {"image": "\(Program.scene)", "output": "pictures.zip", "prompts": ["drum", "balloon"], "options": {
                "combine": "separate", "refine": "none", "tiles": "1x2"}}
            """.replacing("{\n    ", with: "{")
        let command = [
            "batch", "-", "--prompts", "a picture of the drum", "--output", output, "--as", "cutout", "--crop",
            "--margin", "3", "--grow", "2", "--refine", "guided",
        ]
        let outcome = try await Program.run(command, input: Data(list.utf8))
        #expect(outcome.status == 0, "\(outcome.errors)")
        let cutout = ["segment", Program.scene, "a picture of the drum", "--as", "cutout", "--crop"]
        let expected = [
            "all.png": cutout + ["--margin", "3", "--grow", "2", "--refine", "guided"],
            "own.png": cutout + ["--margin", "9"],
        ]
        for (name, arguments) in expected {
            let answer = try Data(contentsOf: URL(fileURLWithPath: output + "/" + name))
            #expect(try await Program.run(arguments).output == answer, "\(name)")
        }
        let zip = try Data(contentsOf: URL(fileURLWithPath: output + "/pictures.zip"))
        #expect(zip.starts(with: Data("PK".utf8)))
    }

    @Test(
        "What can't be is refused by its name before any image is read",
        arguments: [
            (["--threshold", "7"], "--threshold is “7”"),
            (["--grow", "1", "--grow", "2"], "--grow is given more than once"),
            (["--components"], "--components means nothing without --as json"),
            (["--prompt-weight", "1", "--prompt-weight", "2"], "--prompt-weight is given 2 times"),
            (["--prompt-image", "-"], "Standard input can be a list only"),
            (["--sise", "3x3"], "Unknown option '--sise'"),
        ])
    func refused(options: [String], problem: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await Program.run(
            ["batch", Program.scene, "--prompts", "drum", "--output", folder.file("out")] + options)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains(problem), "\(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out")))
    }
}
