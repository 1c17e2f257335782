/// Names of parameters, and values that are words or numbers.
///
/// They are short: to compare long strings can take seconds, as Swift's time is quadratic in the combining marks of one
/// character.
public enum ParameterWord {
    /// The most bytes that one can have.
    public static let maxBytes = 256

    /// - Throws: 400 if the value of a parameter is too long to be a word.
    public static func check(_ value: String, of name: String) throws(HTTPProblem) {
        guard value.utf8.count <= maxBytes else {
            throw .invalidParameter(name, "has \(value.utf8.count) bytes; at most \(maxBytes) make sense")
        }
    }
}
