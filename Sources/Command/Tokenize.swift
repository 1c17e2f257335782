import ArgumentParser
import Segmentation

struct Tokenize: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Takes texts apart into the model's tokens.",
        discussion: "Prints JSON: for each text its ids, tokens and their count, and whether the model takes so many.")

    @Argument(help: .feature(.text))
    var texts: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model options") var model: ModelOptions

    func run() async throws {
        try JSONOutput.write(await model.pool(threads: 1).tokenize(texts), to: output)
    }
}
