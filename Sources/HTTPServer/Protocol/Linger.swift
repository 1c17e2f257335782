/// The end of a connection whose last answer is out: what the client still sends is dropped, until it closes its side.
///
/// One that has begun a request and goes on sending is waited for as if the request were wanted: it will not look for the
/// answer before it is done.
struct Linger {
    /// The sending side is closed.
    var hasFinishedSending = false

    private var bytesLeft: Int
    private var clock: TransferClock

    init(limits: HTTPLimits, timeouts: HTTPTimeouts, hasBegun: Bool, from start: ContinuousClock.Instant) {
        bytesLeft = limits.maxLingerBytes
        clock = .linger(hasBegun: hasBegun, timeouts: timeouts, from: start)
    }

    /// When `goesOn` is to be asked.
    var deadline: ContinuousClock.Instant { clock.deadline }

    /// So many bytes have come; false if they are too many.
    mutating func drop(_ count: Int) -> Bool {
        bytesLeft -= count
        clock.count(count)
        return bytesLeft >= 0
    }

    /// At the deadline: whether the client is still sending, and may.
    mutating func goesOn(at now: ContinuousClock.Instant) -> Bool {
        clock.goesOn(at: now)
    }
}
