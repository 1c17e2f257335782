import Glibc
import Synchronization

/// Says on a terminal how far long work has come; silent elsewhere.
final class ProgressLine: Sendable {
    private let label: String
    private let isVisible = isatty(STDERR_FILENO) != 0
    private let lastShown = Mutex<ContinuousClock.Instant?>(nil)

    /// More often than this is only flicker.
    private static let interval = Duration.milliseconds(100)

    init(label: String) {
        self.label = label
    }

    func show(_ text: @autoclosure () -> String) {
        guard isVisible, isDue() else { return }
        StandardError.print("\r\u{1B}[K\(label) \(text())")
    }

    func clear() {
        if isVisible { StandardError.print("\r\u{1B}[K") }
    }

    private func isDue() -> Bool {
        let now = ContinuousClock.now
        return lastShown.withLock { lastShown in
            guard lastShown.map({ $0.duration(to: now) >= Self.interval }) ?? true else { return false }
            lastShown = now
            return true
        }
    }
}
