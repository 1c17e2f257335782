/// Any JSON (RFC 8259 §3).
public enum JSONValue: Sendable, Equatable {
    /// A name and what it stands for.
    public struct Member: Sendable, Equatable {
        /// The name, unique in its object.
        public var name: String
        /// What it stands for.
        public var value: JSONValue
    }

    /// `null`
    case null
    /// `true` or `false`
    case bool(Bool)
    /// The nearest double, always finite.
    case number(Double)
    /// Text without lone surrogates, as all of Swift's.
    case string(String)
    /// Values in order.
    case array([JSONValue])
    /// Members in the order in which they were sent.
    case object([Member])

    /// Reads a body in UTF-8; a byte order mark before it is skipped (RFC 8259 §8.1).
    ///
    /// Unlike Foundation's decoder, this one refuses what readers understand differently (RFC 8259 §4, §6, §8.2): a name
    /// twice in an object, numbers that are too large for a double, lone surrogates. It compares names by their bytes,
    /// which takes linear time whatever they are.
    ///
    /// - Throws: an `HTTPProblem`: 400 for what is no JSON, 413 over a limit.
    public init(parsing body: [UInt8], limits: JSONLimits = JSONLimits()) throws(HTTPProblem) {
        var parser = JSONParser(body, limits: limits)
        self = try parser.parse()
    }

    /// What a person calls a value of this kind.
    public var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a string"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
