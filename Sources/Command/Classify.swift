import ArgumentParser
import Segmentation

struct Classify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: "Compares an image with labels.",
        discussion: "Prints JSON: for each label logits_per_image, and their softmax.")

    @Argument(help: "A PNG or JPEG file, or - for standard input.")
    var image: String

    @Argument(help: "What the image may show.")
    var labels: [String]

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    private struct Answer: Encodable {
        let model: String
        let labels: [String]
        let logitsPerImage: [Float]
        let scores: [Float]

        enum CodingKeys: String, CodingKey {
            case model, labels, scores
            case logitsPerImage = "logits_per_image"
        }
    }

    func run() async throws {
        let bytes = try Files.read(image)
        let pool = try model.pool(threads: threads.threads)
        let classification = try await pool.classify(image: bytes, labels: labels)
        try JSONOutput.write(
            Answer(
                model: pool.model.name, labels: classification.labels.map(\.label),
                logitsPerImage: classification.labels.map(\.logit), scores: classification.labels.map(\.score)),
            to: output)
    }
}
