import ArgumentParser
import Segmentation

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Times the model: pixel values to logits, after a warm-up.")

    @Option(help: "The number of prompts that are decoded as a batch.")
    var prompts = 1

    @Flag(help: "Encode the image and the texts beforehand, and time only the decoder.")
    var cached = false

    @Flag(help: "Measure the image encoder against the fastest products that this machine can do, in turn.")
    var roofline = false

    @Option(help: "The number of timed runs.")
    var runs = 10

    @Flag(help: "Print JSON instead of text.")
    var json = false

    @OptionGroup(title: "Model options") var model: ModelOptions
    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        try OptionRange.require(prompts, in: 1...1024, "--prompts")
        try OptionRange.require(runs, in: 1...100_000, "--runs")
        if roofline, cached || prompts != 1 {
            throw ValidationError("--roofline measures the image encoder: leave --cached and --prompts out.")
        }
    }

    func run() async throws {
        let loaded = try LoadedModel(
            model.source(), precision: model.precision, threads: threads.threads, logger: model.logger())
        let progress = ProgressLine(label: "run")
        guard !roofline else { return try measureRoofline(loaded, progress) }
        let report = try Benchmark(loaded, prompts: prompts, cached: cached).run(runs) {
            progress.show("\($0)/\(runs)")
        }
        progress.clear()
        try write(report, text: report.text)
    }

    private func measureRoofline(_ loaded: LoadedModel, _ progress: ProgressLine) throws {
        #if OneDNN
        let report = try Roofline(loaded).run(runs) { progress.show("\($0)/\(runs)") }
        progress.clear()
        try write(report, text: report.text)
        #else
        throw ValidationError("--roofline compares with oneDNN, which this build was made without.")
        #endif
    }

    private func write(_ report: some Encodable, text: String) throws {
        if json {
            try JSONOutput.write(report, to: nil)
        } else {
            try Files.write(Array(text.utf8), to: nil)
        }
    }
}
