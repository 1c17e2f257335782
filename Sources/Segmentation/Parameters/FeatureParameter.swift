/// The parameters that classifications, embeddings and tokenizations have beside each other: what each is for, said once for
/// the HTTP API's description and the program's help.
public enum FeatureParameter: String, Sendable, CaseIterable {
    case label, scores, text, image, normalize, decode

    /// A sentence that says what it is for.
    public var help: String {
        switch self {
        case .label: "What the image may show; repeat it for several labels."
        case .scores: "softmax gives scores that add up to 1 over all labels; raw gives the logits once more."
        case .text: "A text; repeat it for several texts."
        case .image: "A PNG or JPEG file; repeat it for several images."
        case .normalize: "Whether embeddings are divided by their Euclidean length."
        case .decode:
            "exact decodes as the reference does; fast decodes large JPEG at reduced size, and results may differ a little."
        }
    }
}
