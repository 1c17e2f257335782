/// A tensor that an inference answers with, `[prompts, height, width]`.
struct InferenceOutput: Sendable {
    /// Which tensor.
    enum Kind: String, CaseIterable, Sendable {
        /// 255 where the probability reaches the threshold, else 0.
        case mask
        /// The probability.
        case probability

        var datatype: String {
            switch self {
            case .mask: "UINT8"
            case .probability: "FP32"
            }
        }

        /// The bytes of an element as binary data.
        var stride: Int {
            switch self {
            case .mask: 1
            case .probability: 4
            }
        }

        /// The most characters that an element takes in JSON, with its comma: `255,` and `1.1754944e-38,`.
        var maxCharacters: Int {
            switch self {
            case .mask: 4
            case .probability: 14
            }
        }
    }

    let kind: Kind
    /// Whether it is binary data behind the JSON, not in it.
    let isBinary: Bool

    /// The most bytes that an element takes.
    var maxElementBytes: Int { isBinary ? kind.stride : kind.maxCharacters }
}
