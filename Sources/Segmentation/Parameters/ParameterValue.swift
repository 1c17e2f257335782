/// A value of a parameter as it was sent.
public enum ParameterValue: Sendable {
    /// How one writes it: in a form, a query or a command.
    case text(String)
    /// A list of numbers.
    case numbers([Float])
    /// The bytes of a file.
    case file([UInt8])

    /// What kind of value it is, for messages.
    var noun: String {
        switch self {
        case .text: "a text"
        case .numbers: "a list of numbers"
        case .file: "a file"
        }
    }
}
