/// Texts and images to put into the space that both share.
public struct EmbeddingRequest: Sendable {
    /// Images take far longer than texts.
    public static let maxImages = 16

    /// The texts, at most `SegmentationRequest.maxPrompts`.
    public var texts: [String]
    /// PNG or JPEG files, at most `maxImages`.
    public var images: [[UInt8]]
    /// Whether embeddings are divided by their Euclidean length.
    public var normalize = false
    /// How images are decoded.
    public var decoding = DecodingKind.exact
    /// When an answer is no longer of use.
    public var deadline: ContinuousClock.Instant?

    /// Creates a request with the default options.
    public init(texts: [String] = [], images: [[UInt8]] = []) {
        self.texts = texts
        self.images = images
    }

    /// - Throws: `InputError` if there is nothing to embed, or too much, or nothing to decode.
    func validate() throws(InputError) {
        guard !texts.isEmpty || !images.isEmpty else {
            throw InputError(
                .malformed, code: "missing_parameter", parameter: "text",
                "There is no text and no image. Give at least one of either.")
        }
        try InputError.requireFew(texts.count, of: "text")
        guard images.count <= Self.maxImages else {
            throw InputError(
                .malformed, code: "too_many_images", parameter: "image",
                "There are \(images.count) images; at most \(Self.maxImages) fit one request.")
        }
        for text in texts { try InputError.requireWords(text, parameter: "text") }
        guard decoding == .exact || !images.isEmpty else {
            throw .contradictory("decode", "means nothing without an image")
        }
    }
}
