/// How many requests a pool has to do with.
public struct QueueStatistics: Sendable, Equatable {
    /// Those that are being answered or wait to be.
    public let admitted: Int
    /// The most that may be.
    public let limit: Int
    /// Those that wait for a worker that computes.
    public let waitingForModel: Int
    /// Those whose image waits, for memory or a worker, to be decoded, or whose answer to be encoded.
    public let waitingForImages: Int
    /// The bytes set aside for images that are being decoded and answers that are being drawn.
    public let decodeMemory: Int
    /// The most bytes that may be, unless a single one takes more.
    public let decodeMemoryLimit: Int
}
