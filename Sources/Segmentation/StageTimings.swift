/// How long each stage of a request took, in the order in which they ran.
public struct StageTimings: Sendable, Equatable {
    /// One stage.
    public struct Stage: Sendable, Equatable {
        /// Its name, as metrics and `Server-Timing` spell it.
        public let name: String
        /// When it began, the first time.
        public let start: ContinuousClock.Instant
        /// How long it took.
        public var duration: Duration
    }

    /// The stages so far.
    public private(set) var stages: [Stage] = []

    /// Nothing measured yet.
    public init() {}

    /// Runs `work` and adds the time that it took.
    public mutating func measure<Result, Failure: Error>(
        _ name: String, _ work: () throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = ContinuousClock.now
        defer { add(name, start.duration(to: .now), from: start) }
        return try work()
    }

    /// The request has waited for memory or a worker until now.
    mutating func waited(since start: ContinuousClock.Instant) {
        add("queue", start.duration(to: .now), from: start)
    }

    /// Adds to the time of a stage.
    ///
    /// - Parameters:
    ///   - name: The stage; one that is known takes so much longer.
    ///   - duration: How long it took.
    ///   - start: When it began.
    public mutating func add(_ name: String, _ duration: Duration, from start: ContinuousClock.Instant) {
        if let index = stages.firstIndex(where: { $0.name == name }) {
            stages[index].duration += duration
        } else {
            stages.append(Stage(name: name, start: start, duration: duration))
        }
    }

    /// These stages and those of `other`.
    public func followed(by other: StageTimings) -> StageTimings {
        var all = self
        for stage in other.stages { all.add(stage.name, stage.duration, from: stage.start) }
        return all
    }
}
