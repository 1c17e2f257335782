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

    /// Reads the tokenizer's files of a checkpoint, and `preprocessor_config.json`, or the `processor_config.json` that
    /// transformers 5 writes in its place.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`, `TokenizerError`.
    public init(_ folder: CheckpointFolder) throws {
        tokenizer = try CLIPSegTokenizer(folder)
        if let combined = try folder.open("processor_config.json"), try folder.open(Self.imageFile) == nil {
            imageProcessor = try CLIPSegImageProcessor(combined: combined)
        } else {
            let file = try folder.require(Self.imageFile)
            imageProcessor = try CLIPSegImageProcessor(json: file.contents(), file: file.name)
        }
    }

    private static let imageFile = "preprocessor_config.json"

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

    /// The pixel values of images to segment, or of such that show what to look for, which the reference prepares alike.
    public func pixelValues(_ images: [RGBImage]) throws(ModelError) -> PixelValues {
        try imageProcessor(images)
    }
}
