import ArgumentParser
import Segmentation

struct Classify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Compares an image with labels.",
        discussion: "Prints JSON: for each label logits_per_image, and a score.")

    @Argument(help: "A PNG or JPEG file, or - for standard input.")
    var image: String

    @Argument(help: .feature(.label))
    var labels: [String]

    @Option(help: .feature(.scores))
    var scores = ScoreKind.softmax

    @Option(help: .feature(.decode))
    var decode = DecodingKind.exact

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func run() async throws {
        var request = ClassificationRequest(image: try Files.read(image), labels: labels)
        request.scores = scores
        request.decoding = decode
        let pool = try model.pool(threads: threads.threads)
        do {
            try JSONOutput.write(await pool.classify(request), to: output)
        } catch let error as InputError {
            throw error.naming(["image": [image]])
        }
    }
}
