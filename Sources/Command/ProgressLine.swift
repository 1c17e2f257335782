import Glibc

/// Says on a terminal how far long work has come; silent elsewhere.
struct ProgressLine {
    let label: String
    private let isVisible = isatty(STDERR_FILENO) != 0

    init(label: String) {
        self.label = label
    }

    func show(_ text: String) {
        if isVisible { StandardError.print("\r\u{1B}[K\(label) \(text)") }
    }

    func clear() {
        if isVisible { StandardError.print("\r\u{1B}[K") }
    }
}
