/// How much of something is done, drawn for a terminal.
public enum ProgressBar {
    private static let width = 24

    /// `[########----------------]`; full if there is nothing to do.
    public static func text(_ done: Int, of total: Int) -> String {
        let filled = total > 0 ? width * min(max(done, 0), total) / total : width
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: width - filled) + "]"
    }
}
