/// Holds a client to reading its answer: at the minimum rate, and to its end in a time that grows with its length.
struct AnswerClock {
    private var floor: RateFloor
    private let end: ContinuousClock.Instant

    init(bytes: Int, timeouts: HTTPTimeouts, from start: ContinuousClock.Instant) {
        floor = RateFloor(bytesPerSecond: timeouts.minimumRate, window: timeouts.rateWindow, from: start)
        end = start + timeouts.send + .seconds(bytes / HTTPTimeouts.unhurriedRate)
    }

    /// When `goesOn` is to be asked.
    var deadline: ContinuousClock.Instant { min(floor.deadline, end) }

    /// So many bytes are gone.
    mutating func count(_ sent: Int) { floor.count(sent) }

    /// At the deadline: whether the client may go on reading.
    mutating func goesOn(at now: ContinuousClock.Instant) -> Bool {
        now < end && floor.nextWindow(from: now)
    }
}
