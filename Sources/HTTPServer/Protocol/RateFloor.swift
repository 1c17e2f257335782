/// Holds a transfer to a minimum rate, averaged over one window after another.
///
/// Windows, rather than an average since the begin, so that a fast start does not buy a long stall.
struct RateFloor {
    private let bytesPerWindow: Int
    private let window: Duration
    private var bytes = 0

    /// When the current window ends.
    private(set) var deadline: ContinuousClock.Instant

    init(bytesPerSecond: Int, window: Duration, from start: ContinuousClock.Instant) {
        self.window = window
        bytesPerWindow = max(1, Int(Double(bytesPerSecond) * (window / .seconds(1))))
        deadline = start + window
    }

    mutating func count(_ moved: Int) { bytes += moved }

    /// At the window's end: begins the next, or returns false if too little was moved in this one.
    mutating func nextWindow(from now: ContinuousClock.Instant) -> Bool {
        guard bytes >= bytesPerWindow else { return false }
        bytes = 0
        deadline = now + window
        return true
    }
}
