/// A configuration file that can't be used.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, what is wrong with it, and what it should say.
    public let description: String
}
