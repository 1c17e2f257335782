/// How a log line is written.
public enum LogFormat: String, Sendable, CaseIterable {
    /// For people: time, level, message, then `name=value` in the order of the names.
    case text
    /// For programs: one JSON object a line.
    case json
}
