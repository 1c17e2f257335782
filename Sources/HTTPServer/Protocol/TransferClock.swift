/// Holds a client to its part in a transfer: to the minimum rate, and to an end, however steadily the bytes move.
struct TransferClock {
    private var floor: RateFloor
    private let end: ContinuousClock.Instant

    private init(
        timeouts: HTTPTimeouts, window: Duration, from start: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) {
        floor = RateFloor(bytesPerSecond: timeouts.minimumRate, window: window, from: start)
        self.end = end
    }

    /// For the body of a request whose first byte came at `began`.
    static func body(
        begun began: ContinuousClock.Instant, timeouts: HTTPTimeouts, from start: ContinuousClock.Instant
    ) -> TransferClock {
        TransferClock(timeouts: timeouts, window: timeouts.rateWindow, from: start, to: began + timeouts.receive)
    }

    /// For an answer, which may take a time that grows with its length.
    static func answer(
        bytes: Int, timeouts: HTTPTimeouts, from start: ContinuousClock.Instant
    ) -> TransferClock {
        let end = start + timeouts.send + .seconds(bytes / HTTPTimeouts.unhurriedRate)
        return TransferClock(timeouts: timeouts, window: timeouts.rateWindow, from: start, to: end)
    }

    /// For what the client still sends after the last answer, of a request that it `hasBegun` or of none.
    static func linger(
        hasBegun: Bool, timeouts: HTTPTimeouts, from start: ContinuousClock.Instant
    ) -> TransferClock {
        let end = start + (hasBegun ? timeouts.receive : timeouts.linger)
        return TransferClock(timeouts: timeouts, window: timeouts.linger, from: start, to: end)
    }

    /// When `goesOn` is to be asked.
    var deadline: ContinuousClock.Instant { min(floor.deadline, end) }

    /// So many bytes have moved.
    mutating func count(_ moved: Int) { floor.count(moved) }

    /// At the deadline: whether the transfer may go on.
    mutating func goesOn(at now: ContinuousClock.Instant) -> Bool {
        now < end && floor.nextWindow(from: now)
    }
}
