import ArgumentParser
import Compute
import Foundation
import Imaging
import Logging
import Segmentation

/// Which model, and how exactly: what all commands have in common.
struct ModelOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            A checkpoint folder as save_pretrained writes it, or owner/name[@revision] of what `clipseg pull` has \
            fetched.
            """, valueName: "dir"))
    var model: String?

    @Option(help: "The precision of matrix products; auto is bf16 where the CPU has native bf16 products, else fp32.")
    var precision = PrecisionChoice.auto

    @Option(help: "The most pixels that an image may have.")
    var maxPixels = ImageLimits().maxPixels

    @Option(
        help: """
            The most bytes that decoding images and drawing masks may take at a time; a larger image, or one prompt's \
            answer about it, is done alone.
            """)
    var decodeMemoryBytes = ModelPool.defaultDecodeMemoryBytes

    @Option(
        help: """
            How much to log: trace, debug, info, notice, warning, error, critical; info for serve, else notice, if not \
            given.
            """)
    var logLevel: Logger.Level?

    func validate() throws {
        try OptionRange.require(maxPixels, in: 1...4_294_836_225, "--max-pixels")
        try OptionRange.require(decodeMemoryBytes, in: 0...(1 << 40), "--decode-memory-bytes")
        guard precision.resolved.isSupported else {
            throw ValidationError(
                """
                This CPU has no AVX2, without which this build computes in fp32 alone: use --precision fp32 or auto.
                """)
        }
    }

    var imageLimits: ImageLimits { ImageLimits(maxPixels: maxPixels) }

    /// - Parameter usual: The level if none was asked for.
    func logger(usual: Logger.Level = .notice) -> Logger {
        var logger = Logger(label: "clipseg")
        logger.logLevel = logLevel ?? usual
        return logger
    }

    func source() throws -> ModelSource {
        try ModelSource(model, environment: ProcessInfo.processInfo.environment)
    }

    /// Loads the model and puts a pool before it.
    func pool(workers: Int = 1, threads: Int, maxQueue: Int = 0) throws -> ModelPool {
        let loaded = try LoadedModel(source(), precision: precision, threads: threads, logger: logger())
        return ModelPool(
            loaded, workers: workers, maxQueue: maxQueue, imageLimits: imageLimits,
            decodeMemoryBytes: decodeMemoryBytes)
    }
}
