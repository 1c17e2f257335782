import ArgumentParser
import Glibc
import Segmentation

struct Batch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Segments many images.",
        discussion: """
            Answers are named after their images, and manifest.jsonl beside them tells what became of each. Run again, the \
            same command does what is left; an image that can't be read does not stop the others.

              clipseg batch photos --prompts "a red umbrella" "a bench" --output masks

            A list is a .jsonl file with an object a line. Only image is required; paths are taken from the list's folder. \
            Options have the names of the HTTP API, and go before those of the command.

              {"image": "a.jpg", "prompts": ["a cat"], "output": "cats/a.png", "options": {"threshold": 0.4}}
              {"image": "b.jpg", "options": {"prompt_image": "cat.png", "as": "cutout", "crop": true}}
            """)

    @Argument(help: "Folders, PNG or JPEG files, and lists; - is a list on standard input.")
    var inputs: [String]

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("What to look for, in words; several are combined by --combine.", valueName: "prompt"))
    var prompts: [String] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to write to; made if need be.", valueName: "dir"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "The part of the images to do, such as 0/4 to 3/4, for processes that share the work.", valueName: "I/N"))
    var shard = BatchShard.whole

    @Flag(help: "Try images again that failed in an earlier run.")
    var retryFailed = false

    @OptionGroup(title: "Segmentation options") var options: SegmentationOptions
    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard prompts.count <= SegmentationRequest.maxPrompts else {
            throw ValidationError("At most \(SegmentationRequest.maxPrompts) prompts are possible.")
        }
        guard prompts.allSatisfy({ !$0.allSatisfy(\.isWhitespace) }) else {
            throw ValidationError("A prompt is empty.")
        }
        let parameters = try options.written()
        guard !parameters.files.contains("-") else {
            throw ValidationError("Standard input can be a list only: name the files to look for by their paths.")
        }
        // Where prompts are the lists' business, one stands for them.
        let unknown = [String](repeating: "x", count: max(1, parameters.mostForPrompts))
        try options.validate(prompts: prompts.isEmpty && !parameters.holdPrompts ? unknown : prompts)
    }

    func run() async throws {
        let plan = try BatchPlan(
            inputs: inputs, prompts: prompts, options: options.written(), output: output, shard: shard)
        // Images are many, so that a thread for each makes more of the cores than all threads for one.
        let pool = try model.pool(
            workers: threads.threads, threads: 1,
            maxQueue: BatchRun.maxInFlight(workers: threads.threads, threads: 1))
        let run = try BatchRun(plan, output: output, shard: shard, retryFailed: retryFailed, pool: pool)
        let begin = ContinuousClock.now
        let line = ProgressLine(label: "batch")
        let end = try await run.run { progress in
            line.show(progress.line(after: begin.duration(to: .now).seconds))
        }
        line.clear()
        StandardError.print("clipseg: \(end.summary(after: begin.duration(to: .now).seconds))\n")
        if end.allFailed > 0 { throw ExitCode(ExitStatus.badInput.rawValue) }
    }
}
