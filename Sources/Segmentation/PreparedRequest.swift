import CLIPSeg
import Imaging

/// A request as the model takes it, and what the rendering needs beside the logits.
struct PreparedRequest: Sendable {
    /// A prompt that only needs the model.
    enum Prompt: Sendable {
        case tokens([Int])
        case image(PixelValues)
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
