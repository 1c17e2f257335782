public import ArgumentParser
import Imaging
public import Logging
public import Segmentation

/// Which model, and how exactly: what all commands have in common.
struct ModelOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A checkpoint folder as save_pretrained writes it.", valueName: "dir"))
    var model: String?

    @Option(help: "The precision of matrix products; auto is bf16 where the CPU has native bf16 products, else fp32.")
    var precision = PrecisionChoice.auto

    @Option(help: "The most pixels that an image may have.")
    var maxPixels = ImageLimits().maxPixels

    @Option(
        help: """
            How much to log: trace, debug, info, notice, warning, error, critical; info for serve, else notice, if not \
            given.
            """)
    var logLevel: Logger.Level?

    func validate() throws {
        guard maxPixels > 0 else { throw ValidationError("--max-pixels must be at least 1.") }
    }

    var imageLimits: ImageLimits { ImageLimits(maxPixels: maxPixels) }

    /// - Parameter usual: The level if none was asked for.
    func logger(usual: Logger.Level = .notice) -> Logger {
        var logger = Logger(label: "clipseg")
        logger.logLevel = logLevel ?? usual
        return logger
    }

    /// Loads the model and puts a pool before it.
    func pool(workers: Int = 1, threads: Int, maxQueue: Int = 0) throws -> ModelPool {
        let loaded = try LoadedModel(path: model, precision: precision, threads: threads, logger: logger())
        return ModelPool(loaded, workers: workers, maxQueue: maxQueue, imageLimits: imageLimits)
    }
}

/// How much of the machine a command that answers once uses.
struct ThreadOptions: ParsableArguments {
    @Option(help: "The number of threads to compute with.")
    var threads = availableCores()

    func validate() throws {
        guard threads > 0 else { throw ValidationError("--threads must be at least 1.") }
    }
}

extension PrecisionChoice: ExpressibleByArgument {}
extension OutputKind: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
