import CLIPSeg
import Imaging

/// A request as the model takes it, and what the rendering needs beside the logits.
struct PreparedRequest: Sendable {
    /// A prompt that only needs the model.
    enum Prompt: Sendable {
        case tokens([Int])
        case image(PixelValues, PixelDigest)
        case embedding([Float])
    }

    /// The size of the image after EXIF orientation, which the answer has too.
    let size: ImageSize
    let pixels: PixelValues
    let digest: PixelDigest
    let prompts: [Prompt]
    /// How long the preparation took.
    let timings: StageTimings
}

extension PreparedRequest.Prompt: Hashable {
    static func == (one: Self, other: Self) -> Bool {
        switch (one, other) {
        case (.tokens(let one), .tokens(let other)): one == other
        case (.image(_, let one), .image(_, let other)): one == other
        case (.embedding(let one), .embedding(let other)): one == other
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .tokens(let inputIDs): hasher.combine(inputIDs)
        case .image(_, let digest): hasher.combine(digest)
        case .embedding(let values): hasher.combine(values)
        }
    }
}
