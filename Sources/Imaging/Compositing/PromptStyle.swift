/// How a picture is prepared to be a prompt, given a mask of what is meant in it (T. Lüddecke, A. Ecker: Image segmentation
/// using text and image prompts, arXiv 2112.10003, visual prompt engineering).
public enum PromptStyle: String, Sendable, CaseIterable {
    /// All three: what the published models were trained with.
    case cropBlurHighlight = "crop-blur-highlight"
    /// The background is darkened to a tenth.
    case highlight
    /// The background is blurred.
    case blur
    /// The picture is cut down to what is meant, with a tenth of its size around it, and made square.
    case crop
    /// The picture stays as it is.
    case none

    var crops: Bool { self == .crop || self == .cropBlurHighlight }
    var blurs: Bool { self == .blur || self == .cropBlurHighlight }
    var darkens: Bool { self == .highlight || self == .cropBlurHighlight }
}

/// Why a mask can't tell what is meant in a picture.
public enum PromptMaskError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No pixel belongs to the mask.
    case empty
    /// The mask is of another picture.
    case otherSize(mask: ImageSize, image: ImageSize)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .empty:
            "The prompt's mask is empty. Draw what is meant in white on black."
        case .otherSize(let mask, let image):
            "The prompt's mask has \(mask.width) × \(mask.height) pixels, its image \(image.width) × \(image.height). "
                + "Give both the same size."
        }
    }
}
