/// Which requests get a line in the log.
public enum AccessLogScope: String, Sendable, CaseIterable {
    /// Every one.
    case all
    /// Those answered with 400 or more, and those that were cut.
    case errors
    /// None.
    case none
}
