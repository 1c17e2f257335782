/// The end of a connection whose last answer is out: what the client still sends is dropped, until it closes its side.
///
/// One that has begun a request and goes on sending is waited for as if the request were wanted: it will not look for the
/// answer before it is done.
struct Linger {
    /// The sending side is closed.
    var hasFinishedSending = false

    private var bytesLeft: Int
    private var floor: RateFloor
    private let end: ContinuousClock.Instant

    init(limits: HTTPLimits, timeouts: HTTPTimeouts, hasBegun: Bool, from start: ContinuousClock.Instant) {
        bytesLeft = limits.maxLingerBytes
        floor = RateFloor(bytesPerSecond: timeouts.minimumRate, window: timeouts.linger, from: start)
        end = start + (hasBegun ? timeouts.receive : timeouts.linger)
    }

    /// When `goesOn` is to be asked.
    var deadline: ContinuousClock.Instant { min(floor.deadline, end) }

    /// So many bytes have come; false if they are too many.
    mutating func drop(_ count: Int) -> Bool {
        bytesLeft -= count
        floor.count(count)
        return bytesLeft >= 0
    }

    /// At the deadline: whether the client is still sending, and may.
    mutating func goesOn(at now: ContinuousClock.Instant) -> Bool {
        now < end && floor.nextWindow(from: now)
    }
}
