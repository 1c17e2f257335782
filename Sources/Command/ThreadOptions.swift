import ArgumentParser
import Segmentation

/// How much of the machine a command that answers once uses.
struct ThreadOptions: ParsableArguments {
    @Option(help: "The number of threads to compute with.")
    var threads = availableCores()

    func validate() throws {
        try OptionRange.require(threads, in: 1...1024, "--threads")
    }
}
