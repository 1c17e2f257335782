import Foundation
import Imaging
import Segmentation
import Testing

/// The options of `segment` and `batch` are the parameters of the HTTP API.
@Suite struct SegmentOptionTests {
    private struct Help: Decodable {
        struct Command: Decodable {
            let arguments: [Argument]
        }
        struct Argument: Decodable {
            struct Name: Decodable {
                let name: String
            }
            let abstract: String?
            let kind: String
            let isRepeating: Bool
            let names: [Name]?
            let sectionTitle: String?
        }
        let command: Command
    }

    @Test(
        "There is an option for each parameter, with its sentence, range and default, and no other",
        arguments: ["segment", "batch"])
    func help(command: String) async throws {
        let outcome = try await Program.run(command, "--experimental-dump-help")
        let arguments = try JSONDecoder().decode(Help.self, from: outcome.output).command.arguments
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
            #expect(outcome.errors.contains("“\(parameter.name)”"), "\(name): \(outcome.errors)")
        }
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
