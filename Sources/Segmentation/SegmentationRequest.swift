public import Imaging

/// What somebody wants segmented, and how. The options are documented one by one in `SegmentationParameters.all`.
public struct SegmentationRequest: Sendable {
    /// What to look for.
    public enum Prompt: Sendable {
        /// Words.
        case text(String)
        /// A PNG or JPEG file that shows it, and one that is white where.
        case image([UInt8], mask: [UInt8]? = nil)
        /// `projectionDim` numbers in the space that texts and images share.
        case embedding([Float])
        /// Texts, joined by what is true of the pixels that are meant.
        case expression(PromptExpression<String>)
    }

    /// A PNG or JPEG file.
    public var image: [UInt8]
    /// What to look for, at least one.
    public var prompts: [Prompt]
    /// When an answer is no longer of use.
    public var deadline: ContinuousClock.Instant?
    /// What the answer calls the request.
    public var id: String?

    // MARK: Prompts

    /// What not to look for.
    public var negativePrompts: [String] = []
    /// Sentences with `{}` in place of a text.
    public var templates: [String] = []
    /// What the odds of each prompt are multiplied by, or none.
    public var promptWeights: [Float] = []
    /// How images that have a mask are prepared.
    public var promptStyle = PromptStyle.cropBlurHighlight
    /// Makes one prompt of the first text and the first image, another of the second ones, and so on.
    public var blend: Float?

    // MARK: Answer

    /// What to answer with.
    public var output = OutputKind.mask
    /// The probability from which on a pixel belongs to a mask.
    public var thresholds = Thresholds([.probability(0.5)])
    /// What becomes of several prompts.
    public var combination = Combination.union
    /// What several pictures are packed in.
    public var package = Package.json
    /// The size of the answer.
    public var size = AnswerSize.original
    /// Whether JSON lists connected components.
    public var listsComponents = false
    /// How JSON carries masks.
    public var maskFormat = MaskFormat.png
    /// Bits of a pixel.
    public var bitDepth: Int?
    /// What a cutout is laid on.
    public var background: RGBColor?
    /// Whether a cutout is cropped.
    public var crops = false
    /// Pixels around a cropped cutout.
    public var margin = 0
    /// How much of a heat map is seen.
    public var overlayAlpha: Float = 0.5
    /// The colours of a heat map.
    public var colormap = Colormap.viridis

    // MARK: Quality

    /// How edges are moved to those of the picture.
    public var refinement = Refinement.none
    /// How far that looks, in pixels.
    public var refineRadius: Int?
    /// What it takes for noise.
    public var refineEpsilon = GuidedFilter.Parameters.defaultEpsilon
    /// The standard deviation of a Gaussian over the probabilities, in pixels.
    public var smoothing: Float = 0
    /// Whether holes are filled.
    public var fillsHoles = false
    /// Pixels taken off the edge.
    public var shrinking = 0
    /// Pixels added to the edge after that.
    public var growing = 0
    /// The fewest pixels of a part that is kept.
    public var minArea = 0
    /// Whether only the largest part is kept.
    public var keepsLargestOnly = false
    /// Whether everything else is meant.
    public var inverts = false
    /// Pixels over which the edge is softened.
    public var feather: Float = 0

    // MARK: What the model sees

    /// How images are decoded. The answer has the size of the image either way.
    public var decoding = DecodingKind.exact
    /// The longer side of the model's input; its own if nil.
    public var resolution: Int?
    /// How the image is fitted to the model's input.
    public var fit = ImageFit.stretch
    /// What the image is cut into.
    public var tiles = TileCount.one
    /// What tiles share with their neighbours.
    public var tileOverlap: Float = 0.25

    /// Creates a request with the default options.
    public init(image: [UInt8], prompts: [Prompt]) {
        self.image = image
        self.prompts = prompts
    }

    /// One threshold for all prompts.
    public var threshold: Float {
        get { if case .probability(let value)? = thresholds.all.first { value } else { 0.5 } }
        set { thresholds = Thresholds([.probability(newValue)]) }
    }

    /// More texts, images and embeddings than this in one request are a mistake, those in expressions and negative ones
    /// included.
    public static let maxPrompts = 64
    /// More images to look for take too long.
    public static let maxPromptImages = 16
    /// More templates make no difference.
    public static let maxTemplates = 8
    /// The longest template in bytes.
    public static let maxTemplateBytes = 1024
    /// The longest prompt in bytes; every model's limit in tokens is far below.
    public static let maxPromptBytes = 1 << 16
}
