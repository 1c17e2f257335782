import Segmentation
import Testing

/// Whatever is wrong with an option of `segment` or `batch`, it is refused by its name, before any file is read.
///
/// `batch` has the same options, and takes them apart by the same code. One after the other: each runs the program.
@Suite(.serialized) struct OptionRefusalTests {
    private static let all = SegmentationParameters.all.filter { $0.name != "prompt" }

    private static func name(_ parameter: String) -> String { "--" + String(parameter.map { $0 == "_" ? "-" : $0 }) }

    /// The option with a value that it takes.
    private static func option(_ parameter: Parameter) -> [String] {
        let name = name(parameter.name)
        return switch parameter.kind {
        case .text: [name, parameter.name == "template" ? "a {}" : "a cat"]
        case .number(let range, _): [name, range.upperBound.shortText]
        case .integer(let range): [name, "\(range.upperBound)"]
        case .word(let words): [name, words[words.count - 1]]
        case .choice(let numbers): [name, "\(numbers[1])"]
        case .flag: [name]
        case .color: [name, "#ff8800"]
        case .size: [name, "640x480"]
        case .grid: [name, "2x3"]
        case .numbers: [name, "[1, -0.5]"]
        case .file: [name, "/no/such.png"]
        }
    }

    private func refusal(_ options: [String], of command: String) async throws -> String {
        let arguments =
            command == "segment"
            ? ["segment", Program.scene, "x"] : ["batch", Program.scene, "--output", "/no/such", "--prompts", "x"]
        let outcome = try await Program.run(arguments + options)
        #expect(outcome.status == 64 && outcome.output.isEmpty, "\(outcome.errors)")
        return outcome.errors
    }

    @Test("What means nothing without another", arguments: all.filter { $0.condition != nil }.map(\.name))
    func contradictory(name: String) async throws {
        let parameter = try SegmentationParameters.parameter(name)
        let condition = try #require(parameter.condition)
        let needed = try SegmentationParameters.parameter(condition.parameter)
        var options = Self.option(parameter)
        if let values = condition.values, values.contains(needed.defaultText ?? ""), case .word(let words) = needed.kind
        {
            // The default would do.
            options += [Self.name(needed.name), try #require(words.first { !values.contains($0) })]
        }
        let errors = try await refusal(options, of: "segment")
        #expect(
            errors.contains("Error: \(Self.name(name)) means nothing without \(Self.name(needed.name))"), "\(errors)")
    }

    @Test("What is given too often", arguments: all.map(\.name))
    func repeated(name: String) async throws {
        let parameter = try SegmentationParameters.parameter(name)
        var options = (0...parameter.maxCount).flatMap { _ in Self.option(parameter) }
        // Of flags that are repeated the program learns last.
        if parameter.kind == .flag, let needed = parameter.condition, let value = needed.values?.first {
            options += [Self.name(needed.parameter), value]
        }
        let often = parameter.isRepeatable ? "more than \(parameter.maxCount) times" : "more than once"
        let errors = try await refusal(options, of: "segment")
        #expect(errors.contains("\(Self.name(name)) is given \(often)"), "\(errors)")
    }

    @Test("What there is not", arguments: ["--treshold", "--as-mask", "--prompt", "--min_area"])
    func unknown(option: String) async throws {
        for command in ["segment", "batch"] {
            let errors = try await refusal([option, "1"], of: command)
            #expect(errors.contains("Unknown option '\(option)'"), "\(command): \(errors)")
        }
    }

    @Test("A file that there is not is named", arguments: ["--prompt-image", "--prompt-mask", "--embedding"])
    func missingFile(option: String) async throws {
        let beside = option == "--prompt-mask" ? ["--prompt-image", Program.scene] : []
        let outcome = try await Program.run(["segment", Program.scene] + beside + [option, "/no/such.png"])
        #expect(outcome.status == 66 && outcome.errors.contains("/no/such.png"), "\(outcome.errors)")
    }
}
