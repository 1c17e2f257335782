/// How images are decoded.
public enum DecodingKind: String, Sendable, CaseIterable {
    /// Every pixel, then resized for the model: equal to the reference.
    case exact
    /// JPEG at half, a quarter or an eighth of its size where that is still twice what the model sees: a large photograph
    /// takes less time, and the edges of a mask may differ a little.
    case fast
}
