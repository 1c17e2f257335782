public import Imaging

/// Prepares what people give — texts, images, visual prompts — for the model.
public struct CLIPSegProcessor: Sendable {
    /// Texts to tokens.
    public let tokenizer: CLIPSegTokenizer
    /// Images to pixel values.
    public let imageProcessor: CLIPSegImageProcessor

    /// Puts a processor together.
    public init(tokenizer: CLIPSegTokenizer, imageProcessor: CLIPSegImageProcessor) {
        self.tokenizer = tokenizer
        self.imageProcessor = imageProcessor
    }

    /// Reads `preprocessor_config.json` and the tokenizer's files of a checkpoint.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`, `TokenizerError`.
    public init(_ folder: CheckpointFolder) throws {
        tokenizer = try CLIPSegTokenizer(folder)
        imageProcessor = try CLIPSegImageProcessor(json: folder.require("preprocessor_config.json").contents())
    }

    /// The tokens of each text.
    ///
    /// - Parameters:
    ///   - texts: The prompts.
    ///   - maxLength: The number of positions of the text encoder.
    ///   - truncation: Whether to cut off what is too long instead of refusing it.
    /// - Throws: `TokenizerError` if a text is too long.
    public func inputIDs(_ texts: [String], maxLength: Int, truncation: Bool = false) throws -> [[Int]] {
        try texts.map { try tokenizer.encode($0, maxLength: maxLength, truncation: truncation) }
    }

    /// The pixel values of images to segment.
    public func pixelValues(_ images: [RGBImage]) throws(ModelError) -> PixelValues {
        try imageProcessor(images)
    }

    /// The pixel values of images that show what to look for; prepared as any other, as the reference does.
    public func conditionalPixelValues(_ visualPrompts: [RGBImage]) throws(ModelError) -> PixelValues {
        try imageProcessor(visualPrompts)
    }
}
