import CLIPSeg
import Imaging

/// What the model sees of an image: all of it, or one tile after the other.
struct ImageViews: Sendable {
    /// What it sees at a time.
    struct View: Sendable {
        let pixels: PixelValues
        let digest: PixelDigest
    }

    /// Row by row.
    let views: [View]
    /// How a picture, or a tile, lies in a view; all over it if nil.
    let frame: ModelFrame?
    /// How the image was cut; nil if it was not.
    let grid: TileGrid?
    /// What tiles share.
    let overlap: Double
}

/// What the model is asked about a view of an image.
struct ModelQuestion: Sendable {
    let view: ImageViews.View
    let prompts: [PreparedRequest.Prompt]
}
