import Glibc

/// Says on a terminal how far long work has come; silent elsewhere.
struct ProgressLine {
    private let isVisible = isatty(STDERR_FILENO) != 0
    private var lastShown: ContinuousClock.Instant?

    /// More often than this is only flicker.
    private static let interval = Duration.milliseconds(100)

    mutating func show(_ text: @autoclosure () -> String) {
        let now = ContinuousClock.now
        guard isVisible, lastShown.map({ $0.duration(to: now) >= Self.interval }) ?? true else { return }
        lastShown = now
        StandardError.print("\r\(text())\u{1B}[K")
    }

    func clear() {
        if isVisible { StandardError.print("\r\u{1B}[K") }
    }
}
