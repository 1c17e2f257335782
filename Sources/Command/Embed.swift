import ArgumentParser
import Segmentation

struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Puts a text or an image into the space that both share.",
        discussion: "Prints JSON with the numbers under “embedding”, not normalised.")

    @Option(help: "A text.")
    var text: String?

    @Option(help: "A PNG or JPEG file, or - for standard input.")
    var image: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard (text == nil) != (image == nil) else { throw ValidationError("Give either --text or --image.") }
    }

    private struct Answer: Encodable {
        let model: String
        let embedding: [Float]
    }

    func run() async throws {
        let bytes = try image.map { path throws(FileError) in try Files.read(path) }
        let pool = try model.pool(threads: threads.threads)
        let embedding =
            if let bytes { try await pool.embedding(image: bytes) } else { try await pool.embedding(text: text ?? "") }
        try JSONOutput.write(Answer(model: pool.model.name, embedding: embedding), to: output)
    }
}
