/// An image to compare with labels, and how.
public struct ClassificationRequest: Sendable {
    /// A PNG or JPEG file.
    public var image: [UInt8]
    /// What the image may show: at least one, at most `SegmentationRequest.maxPrompts`.
    public var labels: [String]
    /// What scores are made of.
    public var scores = ScoreKind.softmax
    /// How the image is decoded.
    public var decoding = DecodingKind.exact
    /// When an answer is no longer of use.
    public var deadline: ContinuousClock.Instant?

    /// Creates a request with the default options.
    public init(image: [UInt8], labels: [String]) {
        self.image = image
        self.labels = labels
    }

    /// - Throws: `InputError` if a label is missing or says nothing.
    func validate() throws(InputError) {
        guard !labels.isEmpty else {
            throw InputError(
                .malformed, code: "missing_parameter", parameter: "label", "There is no label. Give at least one.")
        }
        try InputError.requireFew(labels.count, of: "label")
        for label in labels { try InputError.requireWords(label, parameter: "label") }
    }
}

/// What the scores of a classification are.
public enum ScoreKind: String, Sendable, CaseIterable {
    /// The softmax of the logits over all labels: they add up to 1.
    case softmax
    /// The logits themselves.
    case raw
}
