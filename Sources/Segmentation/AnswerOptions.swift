/// What becomes of several prompts.
public enum Combination: String, Sendable, CaseIterable {
    /// What any of them describes: the largest probability, any of the masks.
    case union
    /// What all of them describe: the least probability, all of the masks.
    case intersection
    /// What the first describes and no other does: at most 1 minus the others' probability; the first mask without the others.
    case firstMinusRest = "first-minus-rest"
    /// A picture for each.
    case separate
}

/// What several pictures are packed in.
public enum Package: Sendable {
    /// JSON, with the pictures in base64.
    case json
    /// A ZIP file.
    case zip

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .zip: "application/zip"
        }
    }
}

/// How JSON carries masks.
public enum MaskFormat: String, Sendable, CaseIterable {
    /// A PNG file in base64.
    case png
    /// COCO's run lengths in their short form.
    case rle
    /// The outlines as lists of x, y, x, y, …
    case polygon
    /// Not at all.
    case none
}

/// How edges are moved to those of the picture.
public enum Refinement: String, Sendable, CaseIterable {
    /// Not at all.
    case none
    /// By a guided filter (K. He, J. Sun, X. Tang: Guided image filtering, 2013).
    case guided
}

/// From which probability on a pixel belongs to a mask.
public enum Threshold: Sendable, Equatable {
    /// This one.
    case probability(Float)
    /// The one that best tells the pixels of the picture apart (Otsu), but not less than `leastAutomatic`.
    case automatic

    /// Where a prompt is nowhere more probable than this, it is not to be found in noise.
    static let leastAutomatic: Float = 0.1
}

/// One threshold for all prompts, or one for each.
public struct Thresholds: Sendable, Equatable {
    let all: [Threshold]

    /// Takes at least one.
    public init(_ all: [Threshold]) {
        precondition(!all.isEmpty, "there is a threshold")
        self.all = all
    }

    subscript(prompt: Int) -> Threshold { all.count == 1 ? all[0] : all[prompt] }

    /// The one probability that counts for all prompts, if there is one.
    var common: Float? {
        guard case .probability(let value) = all[0], all.allSatisfy({ $0 == all[0] }) else { return nil }
        return value
    }
}
