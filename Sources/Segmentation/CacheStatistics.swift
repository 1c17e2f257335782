/// How well a cache does.
public struct CacheStatistics: Sendable, Equatable {
    /// How often a value was there, or was shared with who was just computing it.
    public var hits = 0
    /// How often it had to be computed.
    public var misses = 0
    /// How many values made room for others.
    public var evictions = 0
    /// What the values take.
    public var bytes = 0
    /// What they may take.
    public let limit: Int

    init(limit: Int) {
        self.limit = limit
    }
}
