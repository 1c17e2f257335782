import Compute

/// All that the decoder needs of images, whatever the prompts: encode once, ask often.
public struct ImageEncoding: Sendable {
    /// The number of images.
    public let images: Int
    /// The extracted layers' outputs in the decoder's width, last first, each `[images × tokens, reduceDim]`.
    let reduced: [Matrix]
    let grid: PatchGrid

    /// What the encoding takes in memory.
    public var byteCount: Int { reduced.reduce(0) { $0 + $1.rows * $1.columns * MemoryLayout<Float>.stride } }
}
