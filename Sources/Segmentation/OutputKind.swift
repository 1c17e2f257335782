/// What to answer a segmentation with.
public enum OutputKind: String, Sendable, CaseIterable {
    /// Greyscale PNG: white where the probability reaches the threshold, else black.
    case mask
    /// Greyscale PNG: the probability, of which 1 is white.
    case probability
    /// PNG: the picture where the mask is, else transparent.
    case cutout
    /// RGB PNG: the probabilities as colours over the picture.
    case overlay
    /// Indexed PNG: at each pixel, the prompt with the largest probability of those whose mask it belongs to.
    case labels
    /// JSON: for each prompt whether it was found, how surely and where, and its mask.
    case json
    /// NumPy file, float32, `[prompts, height, width]`: the model's own output, not resized; that of several tiles is put
    /// together.
    case logits

    /// The media type of the answer to one prompt.
    public var contentType: String {
        switch self {
        case .mask, .probability, .cutout, .overlay, .labels: "image/png"
        case .json: "application/json"
        case .logits: "application/x-npy"
        }
    }
}
