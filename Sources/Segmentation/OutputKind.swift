/// What to answer a segmentation with.
public enum OutputKind: String, Sendable, CaseIterable {
    /// 8-bit greyscale PNG: 255 where the probability reaches the threshold, else 0.
    case mask
    /// 8-bit greyscale PNG: the probability times 255.
    case probability
    /// NumPy file, float32, `[prompts, height, width]`: the model's own output, not resized.
    case logits

    /// The media type of the answer.
    public var contentType: String {
        switch self {
        case .mask, .probability: "image/png"
        case .logits: "application/x-npy"
        }
    }
}
