import ArgumentParser
import Segmentation

struct Segment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "segment",
        abstract: "Segments an image.",
        discussion: """
              clipseg segment photo.jpg "a red umbrella" -o mask.png
              clipseg segment photo.jpg --prompt-image umbrella.png --as probability -o umbrella.png
              clipseg segment photo.jpg "a cat" "a dog" --as json --components --mask-format rle
              clipseg segment photo.jpg "a cat" --as cutout --crop --refine guided -o cat.png

            Options can be combined in any way that makes sense. What they do happens in this order: the model sees the \
            image (decode, tiles, resolution, fit); its logits are weighted and joined (prompt-weight, negative-prompt, \
            prompt-expr), enlarged (size), made probabilities, refined, smoothed and compared with the threshold; holes \
            are filled, the mask is shrunk, grown, freed of small parts, and reduced to the largest; prompts are \
            combined; the result is inverted, and its edge feathered.
            """)

    @Argument(help: "A PNG or JPEG file, or - for standard input.")
    var image: String

    @Argument(help: .parameter("prompt"))
    var prompts: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("Where to write; standard output if not given.", valueName: "file"))
    var output: String?

    @OptionGroup(title: "Segmentation options") var options: SegmentationOptions
    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try options.validate(prompts: prompts)
        if let output, let problem = try options.written().misnomer(output) {
            throw ValidationError("--output \(problem). Name it so, or ask for another kind of answer.")
        }
    }

    func run() async throws {
        let parameters = try options.written()
        guard ([image] + parameters.files).count(where: { $0 == "-" }) < 2 else { throw FileError.standardInputTwice }
        var request = try parameters.request(image: try Files.read(image), prompts: prompts, read: Files.read)
        if output?.hasSuffix(".zip") == true { request.package = .zip }
        try Files.requirePlace(for: output, isText: request.contentType == "application/json")
        let pool = try model.pool(threads: threads.threads)
        do {
            try Files.write(try await pool.segment(request).bytes, to: output)
        } catch let error as InputError {
            throw error.naming([
                "image": [image], "prompt_image": options.promptImage, "prompt_mask": options.promptMask,
            ])
        }
    }
}
