import Imaging

/// The shape of a segmentation's planes: one a prompt, of the image's own size after EXIF orientation.
public struct PlaneShape: Sendable, Equatable {
    /// The number of prompts.
    public let prompts: Int
    /// The image's height in pixels.
    public let height: Int
    /// The image's width in pixels.
    public let width: Int
}

/// The probability of each pixel for each prompt, row by row: all rows of a large picture would take too much memory.
public struct PromptPlanes: Sendable {
    /// How many rows there are, and of which width.
    public let shape: PlaneShape
    private let logits: AnswerLogits
    private let abandonment: Abandonment

    init(_ logits: AnswerLogits, size: ImageSize, unless abandonment: Abandonment) {
        shape = PlaneShape(prompts: logits.count, height: size.height, width: size.width)
        self.logits = logits
        self.abandonment = abandonment
    }

    /// The rows of one prompt. They take time, so this is where work that nobody waits for ends.
    ///
    /// - Throws: `CancellationError`.
    public func rows(of prompt: Int) throws(CancellationError) -> ProbabilityRows {
        try abandonment.check()
        return ProbabilityRows(logits.rows(prompt, ImageSize(width: shape.width, height: shape.height)))
    }
}
