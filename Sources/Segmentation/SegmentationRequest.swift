import Imaging

/// What somebody wants segmented, and how.
public struct SegmentationRequest: Sendable {
    /// What to look for.
    public enum Prompt: Sendable {
        /// Words.
        case text(String)
        /// A PNG or JPEG file that shows it.
        case image([UInt8])
        /// `projectionDim` numbers in the space that texts and images share.
        case embedding([Float])
    }

    /// A PNG or JPEG file.
    public var image: [UInt8]
    /// What to look for, at least one.
    public var prompts: [Prompt]
    /// The probability from which on a pixel belongs to a mask, 0 to 1.
    public var threshold: Float = 0.5
    /// What to answer with.
    public var output = OutputKind.mask
    /// How images are decoded. The answer has the size of the image either way.
    public var decoding = DecodingKind.exact
    /// When an answer is no longer of use.
    public var deadline: ContinuousClock.Instant?

    /// Creates a request with the default options.
    public init(image: [UInt8], prompts: [Prompt]) {
        self.image = image
        self.prompts = prompts
    }

    /// More prompts than this in one request are a mistake.
    public static let maxPrompts = 64

    /// - Throws: `InputError` if an option is out of range or a prompt is missing.
    func validate() throws(InputError) {
        guard !image.isEmpty else { throw InputError(ImageError.empty, parameter: "image") }
        guard !prompts.isEmpty else {
            throw InputError(
                .malformed, code: "missing_parameter", parameter: "prompt",
                "There is no prompt. Say what to look for, “a red umbrella” for instance.")
        }
        try InputError.requireFew(prompts.count, of: "prompt")
        guard threshold >= 0, threshold <= 1 else {
            throw InputError(
                .malformed, code: "invalid_parameter", parameter: "threshold",
                "The threshold is \(threshold); give a probability between 0 and 1.")
        }
        for case .text(let text) in prompts { try InputError.requireWords(text, parameter: "prompt") }
    }
}
