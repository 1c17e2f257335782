/// The members of a JSON object, taken one after the other by name. What nobody has taken is refused in the end.
///
/// A member that is null counts as absent. Every problem names the member at fault by its path, such as
/// `inputs[0].name`.
public struct JSONFields: Sendable {
    private let path: String
    private let limits: JSONLimits
    private var members: [JSONValue.Member]
    private var known: [String] = []

    /// Reads a body that must be an object.
    ///
    /// - Throws: as `JSONValue.init(parsing:limits:)` does, and 400 for anything but an object.
    public init(parsing body: [UInt8], limits: JSONLimits = JSONLimits()) throws(HTTPProblem) {
        guard case .object(let members) = try JSONValue(parsing: body, limits: limits) else {
            throw .malformed("The JSON should be an object: { … }.", code: "malformed_json")
        }
        self.init(members, path: "", limits: limits)
    }

    private init(_ members: [JSONValue.Member], path: String, limits: JSONLimits) {
        self.members = members
        self.path = path
        self.limits = limits
    }

    /// The name of a member as problems spell it.
    public func path(of name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    /// Takes a member of any kind.
    public mutating func value(_ name: String) -> JSONValue? {
        known.append(name)
        guard let index = members.firstIndex(where: { $0.name.utf8.elementsEqual(name.utf8) }) else { return nil }
        let value = members.remove(at: index).value
        return value == .null ? nil : value
    }

    /// Takes a string of any length: a file, for instance.
    public mutating func string(_ name: String) throws(HTTPProblem) -> String? {
        guard let value = value(name) else { return nil }
        guard case .string(let string) = value else { throw wrong(path(of: name), value, "a string") }
        return string
    }

    /// Takes a string of no more than `maxTextBytes`.
    public mutating func text(_ name: String) throws(HTTPProblem) -> String? {
        guard let string = try string(name) else { return nil }
        return try text(string, path(of: name))
    }

    /// Takes a list of texts, or a single one; none if it is absent.
    public mutating func texts(_ name: String) throws(HTTPProblem) -> [String] {
        try strings(name).map { string throws(HTTPProblem) in try text(string, path(of: name)) }
    }

    /// Takes a list of strings of any length, or a single one; none if it is absent.
    public mutating func strings(_ name: String) throws(HTTPProblem) -> [String] {
        let path = path(of: name)
        switch value(name) {
        case nil: return []
        case .string(let string): return [string]
        case .array(let elements):
            return try elements.map { element throws(HTTPProblem) in
                guard case .string(let string) = element else {
                    throw wrong(path, element, "a string or a list of strings")
                }
                return string
            }
        case .some(let value): throw wrong(path, value, "a string or a list of strings")
        }
    }

    /// Takes a string that is one of few, no longer than `ParameterWord` allows.
    public mutating func word(_ name: String) throws(HTTPProblem) -> String? {
        guard let string = try string(name) else { return nil }
        try ParameterWord.check(string, of: path(of: name))
        return string
    }

    /// Takes a word that names a case.
    public mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of: Choice.Type = Choice.self
    ) throws(HTTPProblem) -> Choice? {
        guard let word = try word(name) else { return nil }
        guard let choice = Choice(rawValue: word) else {
            let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw .invalidParameter(path(of: name), "is “\(word)”; it can be \(all)")
        }
        return choice
    }

    /// Takes a number.
    public mutating func number(_ name: String) throws(HTTPProblem) -> Double? {
        guard let value = value(name) else { return nil }
        guard case .number(let number) = value else { throw wrong(path(of: name), value, "a number") }
        return number
    }

    /// Takes a whole number.
    public mutating func integer(_ name: String) throws(HTTPProblem) -> Int? {
        guard let number = try number(name) else { return nil }
        guard let integer = Int(exactly: number) else {
            throw .invalidParameter(path(of: name), "is \(number); it should be a whole number")
        }
        return integer
    }

    /// Takes a list of numbers.
    public mutating func numbers(_ name: String) throws(HTTPProblem) -> [Double]? {
        guard let value = value(name) else { return nil }
        return try numbers(value, path(of: name))
    }

    /// Takes a list of lists of numbers.
    public mutating func rows(_ name: String) throws(HTTPProblem) -> [[Double]]? {
        guard let value = value(name) else { return nil }
        let path = path(of: name)
        guard case .array(let rows) = value else { throw wrong(path, value, "a list of lists of numbers") }
        return try rows.map { row throws(HTTPProblem) in try numbers(row, path) }
    }

    /// Takes `true` or `false`.
    public mutating func flag(_ name: String) throws(HTTPProblem) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else { throw wrong(path(of: name), value, "true or false") }
        return flag
    }

    /// Takes an object.
    public mutating func object(_ name: String) throws(HTTPProblem) -> JSONFields? {
        guard let value = value(name) else { return nil }
        return try object(value, path(of: name))
    }

    /// Takes a list of objects; none if it is absent.
    public mutating func objects(_ name: String) throws(HTTPProblem) -> [JSONFields] {
        guard let value = value(name) else { return [] }
        let path = path(of: name)
        guard case .array(let elements) = value else { throw wrong(path, value, "a list of objects") }
        var objects: [JSONFields] = []
        for (index, element) in elements.enumerated() { objects.append(try object(element, "\(path)[\(index)]")) }
        return objects
    }

    /// - Throws: 400 `unknown_parameter` if there is a member that was not taken; the text lists those that were.
    public func requireNothingElse() throws(HTTPProblem) {
        guard let stranger = members.first else { return }
        let names = known.sorted().joined(separator: ", ")
        throw HTTPProblem(
            status: .badRequest, code: "unknown_parameter",
            detail: "There is no parameter “\(path(of: stranger.name))”. There are: \(names).",
            parameter: path(of: stranger.name))
    }

    private func text(_ string: String, _ path: String) throws(HTTPProblem) -> String {
        guard string.utf8.count <= limits.maxTextBytes else {
            throw .jsonTooLarge("“\(path)” holds a text of more than \(limits.maxTextBytes) bytes. Send less.", path)
        }
        return string
    }

    private func numbers(_ value: JSONValue, _ path: String) throws(HTTPProblem) -> [Double] {
        guard case .array(let elements) = value else { throw wrong(path, value, "a list of numbers") }
        return try elements.map { element throws(HTTPProblem) in
            guard case .number(let number) = element else { throw wrong(path, element, "a list of numbers") }
            return number
        }
    }

    private func object(_ value: JSONValue, _ path: String) throws(HTTPProblem) -> JSONFields {
        guard case .object(let members) = value else { throw wrong(path, value, "an object") }
        return JSONFields(members, path: path, limits: limits)
    }

    private func wrong(_ path: String, _ value: JSONValue, _ expected: String) -> HTTPProblem {
        .invalidParameter(path, "is or holds \(value.kind); it should be \(expected)")
    }
}
