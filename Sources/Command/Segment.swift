import ArgumentParser
import Segmentation

struct Segment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Segments an image.",
        discussion: """
            Several prompts give the union of what they describe.

              clipseg segment photo.jpg "a red umbrella" -o mask.png
              clipseg segment photo.jpg --prompt-image umbrella.png --as probability -o umbrella.png
            """)

    // `batch` has the same options.
    static let kindHelp: ArgumentHelp =
        "mask: 8-bit PNG, 255 or 0; probability: 8-bit PNG; logits: .npy, float32 [prompts, H, W], not resized."
    static let thresholdHelp: ArgumentHelp = "The probability from which on a pixel belongs to the mask, 0 to 1."
    static let decodeHelp: ArgumentHelp =
        "exact: as the reference; fast: large JPEG at reduced size; the edges of a mask may differ a little."

    @Argument(help: "A PNG or JPEG file, or - for standard input.")
    var image: String

    @Argument(help: "What to look for.")
    var prompts: [String] = []

    @Option(help: ArgumentHelp("An image that shows what to look for (repeatable).", valueName: "image"))
    var promptImage: [String] = []

    @Option(
        help: ArgumentHelp(
            "Numbers that stand for what to look for: a .npy or JSON file (repeatable).", valueName: "file"))
    var embedding: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @Option(name: .customLong("as"), help: kindHelp)
    var kind = OutputKind.mask

    @Option(help: thresholdHelp)
    var threshold: Float = 0.5

    @Option(help: decodeHelp)
    var decode = DecodingKind.exact

    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard !prompts.isEmpty || !promptImage.isEmpty || !embedding.isEmpty else {
            throw ValidationError("Give a prompt: words, --prompt-image or --embedding.")
        }
        guard threshold >= 0, threshold <= 1 else { throw ValidationError("--threshold must be between 0 and 1.") }
    }

    func run() async throws {
        try Files.requirePlace(for: output)
        guard ([image] + promptImage + embedding).count(where: { $0 == "-" }) < 2 else {
            throw FileError.standardInputTwice
        }
        var all = prompts.map(SegmentationRequest.Prompt.text)
        all += try promptImage.map { path in .image(try Files.read(path)) }
        all += try embedding.flatMap { path in
            try EmbeddingFile.decode(Files.read(path), name: path).map { .embedding($0) }
        }
        var request = SegmentationRequest(image: try Files.read(image), prompts: all)
        request.threshold = threshold
        request.output = kind
        request.decoding = decode
        let result = try await model.pool(threads: threads.threads).segment(request)
        try Files.write(result.bytes, to: output)
    }
}
