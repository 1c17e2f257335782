import Foundation
import Imaging
import Segmentation
import Testing

/// The options of `segment` and `batch` are the parameters of the HTTP API.
@Suite struct SegmentOptionTests {
    @Test(
        "There is an option for each parameter, with its sentence, range and default, and no other",
        arguments: ["segment", "batch"])
    func help(command: String) async throws {
        let arguments = try await CommandHelp.arguments(of: command)
        let options = Dictionary(
            uniqueKeysWithValues: arguments.filter { $0.sectionTitle == "Segmentation options" }.compactMap {
                argument in
                argument.names?.first.map { ($0.name, argument) }
            })
        for parameter in SegmentationParameters.all where parameter.name != "prompt" {
            let option = try #require(options[String(parameter.name.map { $0 == "_" ? "-" : $0 })], "\(parameter.name)")
            let help = try #require(option.abstract)
            #expect(help.hasPrefix(parameter.help))
            #expect((option.kind == "flag") == (parameter.kind == .flag))
            if let usual = parameter.defaultText, parameter.kind != .flag {
                #expect(help.contains("\(usual) if not given"))
            }
            if let condition = parameter.condition {
                #expect(help.contains("Needs --\(String(condition.parameter.map { $0 == "_" ? "-" : $0 }))"))
            }
        }
        #expect(options.count == SegmentationParameters.all.count - 1)
        let prompt = try SegmentationParameters.parameter("prompt")
        let takesPrompts = arguments.contains { $0.kind == "positional" && $0.abstract?.hasPrefix(prompt.help) == true }
        #expect(takesPrompts == (command == "segment"))
    }

    @Test("Every option reaches the request: what can't be is refused by its name")
    func reach() async throws {
        for parameter in SegmentationParameters.all {
            let name = String(parameter.name.map { $0 == "_" ? "-" : $0 })
            let arguments: [String]
            switch parameter.kind {
            case .text, .file, .numbers: continue
            case .flag:
                guard parameter.condition != nil else { continue }
                arguments = ["--as", "logits", "--\(name)"]
            default: arguments = ["--\(name)", "nonsense"]
            }
            let outcome = try await Program.run(["segment", Program.scene, "drum"] + arguments)
            #expect(outcome.status == 64, "\(name)")
            #expect(outcome.errors.contains("Error: --\(name) "), "\(name): \(outcome.errors)")
        }
    }

    @Test(
        "Errors speak of options, not of the API's parameters",
        arguments: [
            ([], "Error: There is no prompt. Say what"),
            (["x", "--refine-radius", "5"], "Error: --refine-radius means nothing without --refine guided."),
            (["x", "--as", "cutout", "--margin", "5"], "Error: --margin means nothing without --crop."),
            (["x", "--prompt-mask", "a.png"], "Error: --prompt-mask means nothing without --prompt-image."),
            (["x", "--negative-prompt", " "], "Error: --negative-prompt: The negative prompt is empty."),
            (["x", "--bit-depth", "16"], "Error: --bit-depth is 16; with --as mask it can be 1, 8."),
            (["x", "--bit-depth", "1", "--feather", "2"], "Error: --feather means nothing with --bit-depth 1, which"),
            (["--prompt-expr", "(cat"], "Error: --prompt-expr is wrong at column 1: this parenthesis is not closed."),
            (["x", "--template", "a photo"], "Error: --template is “a photo”; it should have {} once"),
            (["--embedding", "[0]", "--template", "a {}"], "Error: --template means nothing without a text"),
            (["--embedding", "[1, x]"], "Error: --embedding is “[1, x]”; it can be a list of numbers"),
            (["--prompt-image", "a.png", "--blend", "1"], "Error: --blend takes a text for each image: there are 0"),
            (
                ["x", "--tiles", "1x1", "--overlap", "0.1"],
                "Error: --overlap means nothing without --tiles other than 1x1."
            ),
            (["x", "-o", "a.jpg"], "Error: --output ends in .jpg, but what is asked for is written as .png."),
            (["x", "-o", "a.zip"], "Error: --output ends in .zip, but what is asked for is written as .png."),
            (
                ["x", "--combine", "separate", "-o", "a.png"],
                "Error: --output ends in .png, but what is asked for is written as"
            ),
            (["x", "--threshold", "1", "--threshold", "0"], "Error: --threshold is given 2 times for 1 prompt;"),
        ])
    func words(arguments: [String], message: String) async throws {
        let outcome = try await Program.run(["segment", Program.scene] + arguments)
        #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
    }

    @Test("Errors about files say which")
    func files() async throws {
        let folder = try TemporaryFolder()
        let bad = try folder.file("bad.npy", Data("x".utf8))
        let scene = Program.scene
        for (arguments, message) in [
            (["segment", bad, "x"], "clipseg: \(bad): The image is neither"),
            (
                ["segment", scene, "--embedding", bad],
                "clipseg: --embedding: \(bad) can't be used: it is not a .npy file."
            ),
            (
                ["segment", scene, "--prompt-image", scene, "--prompt-image", bad],
                "clipseg: --prompt-image: \(bad): The image is neither"
            ),
            (["classify", bad, "x"], "clipseg: \(bad): The image is neither"),
            (["embed", "--image", scene, "--image", bad], "clipseg: \(bad): The image is neither"),
            (["segment", scene, "x", "--resolution", "225"], "clipseg: --resolution is 225; this model's"),
        ] {
            let outcome = try await Program.run(arguments)
            #expect(outcome.status == 65 && outcome.errors.contains(message), "\(outcome.errors)")
        }
    }

    @Test("A file of embeddings is as many prompts as it holds")
    func embeddingFile() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.file(
            "two.npy", Data(NumPyFile.encode([Float](repeating: 0.1, count: 2 * 128), shape: [2, 128])))
        let segment = ["segment", Program.scene, "--embedding", file, "--as", "json", "--mask-format", "none"]
        for option in ["--threshold", "--prompt-weight"] {
            let two = try await Program.run(segment + [option, "0.3", option, "0.6"])
            #expect(two.status == 0, "\(two.errors)")
            let three = try await Program.run(segment + [option, "0.3", option, "0.6", option, "0.6"])
            #expect(three.status == 65)
            #expect(three.errors.contains("clipseg: \(option) is given 3 times for 2 prompts"), "\(three.errors)")
        }
    }

    @Test("How much memory an answer may take is an option")
    func memory() async throws {
        let arguments = ["segment", Program.scene, "drum", "balloon", "--as", "json", "--decode-memory-bytes"]
        #expect(try await Program.run(arguments + ["1000"]).errors.contains("(--decode-memory-bytes)"))
        #expect(try await Program.run(arguments + ["100000000"]).status == 0)
    }

    @Test("JSON, ZIP and pictures are written as asked")
    func outputs() async throws {
        let folder = try TemporaryFolder()
        let json = try await Program.run(
            "segment", Program.scene, "a picture of the drum", "--as", "json", "--components", "--mask-format", "rle")
        let object = try #require(JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        let prompt = try #require((object["prompts"] as? [[String: Any]])?.first)
        #expect(prompt["found"] as? Bool == true && prompt["components"] != nil)

        let zip = folder.file("both.zip")
        let separate = ["segment", Program.scene, "drum", "balloon", "--combine", "separate"]
        #expect(try await Program.run(separate + ["-o", zip]).status == 0)
        #expect(try Data(contentsOf: URL(fileURLWithPath: zip)).starts(with: Array("PK".utf8)))
        #expect(try await Program.run(separate).output.starts(with: Array("{".utf8)))

        let embed = try await Program.run("embed", "--text", "a picture of the drum")
        let numbers = try #require(
            ((JSONSerialization.jsonObject(with: embed.output) as? [String: Any])?["texts"] as? [[Double]])?.first)
        let byNumbers = try await Program.run("segment", Program.scene, "--embedding", "\(numbers)")
        let byText = try await Program.run("segment", Program.scene, "a picture of the drum")
        #expect(byNumbers.status == 0)
        #expect(try RGBImage(decoding: Array(byNumbers.output)) == RGBImage(decoding: Array(byText.output)))

        let shown = try await Program.run(
            "segment", Program.scene, "--prompt-image", Program.scene, "--prompt-mask",
            Program.scenes + "/scene-2023-mask-1.png", "--prompt-style", "crop", "--negative-prompt", "drum")
        #expect(shown.status == 0, "\(shown.errors)")
    }
}
