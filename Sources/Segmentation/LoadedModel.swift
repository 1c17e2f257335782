public import CLIPSeg
public import Compute
public import Logging

/// A model, ready to compute, with what prepares its inputs.
public struct LoadedModel: Sendable {
    /// What to call it.
    public let name: String
    /// Whether it is the demo model, which nobody should mistake for the real thing.
    public let isDemo: Bool
    /// The precision of matrix products.
    public let precision: Precision
    /// The number of threads that one computation uses.
    public let threads: Int
    /// How long loading took.
    public let loadDuration: Duration
    /// Prepares texts and images.
    public let processor: CLIPSegProcessor
    /// The model itself.
    public let model: CLIPSegForImageSegmentation
    /// Whoever computes with the model takes its place here.
    let cores: CoreOccupancy

    /// Loads a model and packs its weights.
    ///
    /// - Parameters:
    ///   - source: Where the model comes from.
    ///   - precision: The precision of matrix products.
    ///   - threads: The number of threads for one computation.
    ///   - logger: Told what was loaded, loudly if it is the demo model.
    /// - Throws: `CheckpointError`, `ConfigurationError`, `TokenizerError`, `BackendError`.
    public init(_ source: ModelSource, precision: PrecisionChoice = .auto, threads: Int, logger: Logger) throws {
        let start = ContinuousClock.now
        let folder = try source.checkpointFolder()
        // What has no configuration is no checkpoint; any other missing file is better named after this one.
        _ = try folder.require("config.json")
        isDemo = source == .demo
        name = source.name
        self.precision = precision.resolved
        self.threads = threads
        processor = try CLIPSegProcessor(folder)
        cores = CoreOccupancy(cores: max(threads, availableCores()))
        model = try CLIPSegForImageSegmentation(
            folder, backend: bestBackend(precision: self.precision, threads: threads, sharing: cores), logger: logger)
        try Self.check(processor, against: model.config)
        loadDuration = start.duration(to: .now)
        logger.info(
            "model loaded",
            metadata: [
                "model": "\(name)", "precision": "\(self.precision.rawValue)",
                "seconds": "\((loadDuration.seconds * 1000).rounded() / 1000)",
            ])
        if isDemo {
            logger.warning(
                "this is the DEMO model: it knows drawn shapes and emoji, not photographs; give --model for a real one")
        }
    }

    /// The width in pixels that images are resized to.
    public var inputWidth: Int { processor.imageProcessor.width }
    /// The height in pixels that images are resized to.
    public var inputHeight: Int { processor.imageProcessor.height }
    /// The length of an embedding.
    public var projectionDim: Int { model.config.projectionDim }
    /// The longest prompt in tokens, its start and end included.
    public var maxPromptTokens: Int { model.config.textConfig.maxPositionEmbeddings }

    /// The tokens of a text.
    ///
    /// - Throws: `InputError` if there are more than the model takes.
    func inputIDs(_ text: String, parameter: String) throws -> [Int] {
        do {
            return try processor.tokenizer.encode(text, maxLength: maxPromptTokens)
        } catch let error as TokenizerError {
            throw InputError(error, parameter: parameter)
        }
    }

    /// A tokenizer of another model would give tokens that mean something else.
    private static func check(_ processor: CLIPSegProcessor, against config: CLIPSegConfig) throws {
        let largest = processor.tokenizer.largestTokenID
        guard largest < config.textConfig.vocabularySize else {
            throw CheckpointError.malformed(
                file: "the tokenizer",
                reason: "it has the token \(largest), and the model only \(config.textConfig.vocabularySize) tokens")
        }
    }
}

extension Duration {
    /// The whole duration in seconds.
    public var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) * 1e-18
    }
}
