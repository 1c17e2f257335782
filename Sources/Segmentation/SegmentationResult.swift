/// The answer to a segmentation.
public struct SegmentationResult: Sendable {
    /// A file.
    public let bytes: [UInt8]
    /// Its media type.
    public let contentType: String
    /// How many prompts it answers.
    public let prompts: Int
    /// How long each stage took.
    public let timings: StageTimings
}
