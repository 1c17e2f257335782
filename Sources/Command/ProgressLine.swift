import Glibc

/// Says on a terminal how far long work has come; silent elsewhere.
struct ProgressLine {
    let label: String
    let count: Int
    private let isVisible = isatty(STDERR_FILENO) != 0

    init(label: String, count: Int) {
        self.label = label
        self.count = count
    }

    func show(_ done: Int) {
        if isVisible { StandardError.write("\r\(label) \(done)/\(count)") }
    }

    func clear() {
        if isVisible { StandardError.write("\r\u{1B}[K") }
    }
}
