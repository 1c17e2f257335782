import ArgumentParser
import Segmentation

struct Embed: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Puts texts and images into the space that both share.",
        discussion: """
            Prints JSON with a list of numbers for each text under “texts”, and for each image under “images”; segment reads \
            it with --embedding.
            """)

    @Option(help: .feature(.text))
    var text: [String] = []

    @Option(help: "\(FeatureParameter.image.help) “-” is standard input.")
    var image: [String] = []

    @Flag(help: .feature(.normalize))
    var normalize = false

    @Option(help: .feature(.decode))
    var decode = DecodingKind.exact

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard !text.isEmpty || !image.isEmpty else { throw ValidationError("Give --text or --image, or both.") }
        guard decode == .exact || !image.isEmpty else {
            throw ValidationError("--decode \(decode.rawValue) means nothing without --image.")
        }
    }

    func run() async throws {
        guard image.count(where: { $0 == "-" }) < 2 else { throw FileError.standardInputTwice }
        var request = EmbeddingRequest(texts: text, images: try image.map { path in try Files.read(path) })
        request.normalize = normalize
        request.decoding = decode
        let pool = try model.pool(threads: threads.threads)
        do {
            try JSONOutput.write(await pool.embeddings(request), to: output)
        } catch let error as InputError {
            throw error.naming(["image": image])
        }
    }
}
