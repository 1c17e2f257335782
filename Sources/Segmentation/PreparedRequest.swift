import CLIPSeg
import Imaging

/// A request as the model takes it, and what the rendering needs beside the logits.
struct PreparedRequest: Sendable {
    /// A prompt that only needs the model.
    enum Prompt: Sendable {
        /// Tokens of a text, in each of the templates.
        case texts([[Int]])
        case image(PixelValues, PixelDigest)
        case embedding([Float])
        /// So much of the image, and the rest of the text.
        case blend([[Int]], PixelValues, PixelDigest, image: Float)
    }

    /// The size of the image after EXIF orientation.
    let size: ImageSize
    /// What the model looks at.
    let views: ImageViews
    /// What it is asked about each of them.
    let prompts: [Prompt]
    /// What the answer is about, in terms of the prompts.
    let answers: [AnsweredPrompt]
    /// How long the preparation took, and what came before it.
    let timings: StageTimings
}

/// A prompt that the answer is about.
struct AnsweredPrompt: Sendable {
    /// What to call it.
    let label: String
    /// What is true of the pixels that are meant; prompts by number.
    let expression: PromptExpression<Int>
    /// What is added to its logits: the logarithm of what its odds are multiplied by.
    let logOdds: Float
}

extension PreparedRequest.Prompt: Hashable {
    static func == (one: Self, other: Self) -> Bool {
        switch (one, other) {
        case (.texts(let one), .texts(let other)): one == other
        case (.image(_, let one), .image(_, let other)): one == other
        case (.embedding(let one), .embedding(let other)): one == other
        case (.blend(let text, _, let image, let share), .blend(let otherText, _, let otherImage, let otherShare)):
            text == otherText && image == otherImage && share == otherShare
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .texts(let inputIDs): hasher.combine(inputIDs)
        case .image(_, let digest): hasher.combine(digest)
        case .embedding(let values): hasher.combine(values)
        case .blend(let text, _, let image, let share):
            hasher.combine(text)
            hasher.combine(image)
            hasher.combine(share)
        }
    }
}
