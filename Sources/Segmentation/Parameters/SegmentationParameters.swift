/// The parameters of one request as they come in, whatever the way: what is unknown, repeated, out of range or
/// contradictory is refused by name.
public struct SegmentationParameters: Sendable {
    private var values: [String: [ParameterValue]] = [:]
    /// Whether embeddings stand for files that have not been read, and that may hold more of them. Nothing is then said
    /// against numbers of values that should be those of prompts; what `request` returns is for nothing but its errors.
    public var hasUnreadEmbeddings = false

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })
    /// Names longer than all there are need not be compared.
    private static let maxNameBytes = 64

    /// None yet.
    public init() {}

    /// The parameter of that name.
    ///
    /// - Throws: `InputError` if there is none.
    public static func parameter(_ name: String) throws(InputError) -> Parameter {
        guard name.utf8.count <= maxNameBytes else {
            throw InputError(
                .malformed, code: "unknown_parameter", parameter: String(name.shortened.prefix(maxNameBytes)),
                "A parameter's name has \(name.utf8.count) bytes. There is none so long.")
        }
        guard let parameter = byName[name] else {
            let known = (["image"] + all.map(\.name).sorted()).joined(separator: ", ")
            throw InputError(
                .malformed, code: "unknown_parameter", parameter: name,
                "There is no parameter “\(name)”. There are: \(known).")
        }
        return parameter
    }

    /// Whether a parameter was given.
    public func has(_ name: String) -> Bool { values[name] != nil }

    /// Whether a parameter was given as this text.
    public func has(_ name: String, _ text: String) -> Bool { texts(name).contains(text) }

    private func texts(_ name: String) -> [String] {
        values[name, default: []].map { value in if case .text(let text) = value { text } else { "" } }
    }

    /// Takes a value.
    ///
    /// - Throws: `InputError` if there is no such parameter, if it was given often enough, or if the value is too long.
    public mutating func add(_ name: String, _ value: ParameterValue) throws(InputError) {
        let parameter = try Self.parameter(name)
        let count = values[name, default: []].count
        guard count < parameter.maxCount else {
            throw parameter.isRepeatable
                ? InputError(
                    .malformed, code: "too_many_values", parameter: name,
                    "“\(name)” is given more than \(parameter.maxCount) times. Give fewer.")
                : InputError(
                    .malformed, code: "duplicate_parameter", parameter: name,
                    "“\(name)” is given more than once. Give it once.")
        }
        if case .text(let text) = value, text.utf8.count > parameter.kind.maxBytes {
            throw .tooLong(name, text, maxBytes: parameter.kind.maxBytes)
        }
        values[name, default: []].append(value)
    }

    /// What the parameters ask for.
    ///
    /// - Throws: `InputError` if a value makes no sense, or if parameters contradict each other.
    public func request(image: [UInt8]) throws(InputError) -> SegmentationRequest {
        var draft = SegmentationDraft()
        for parameter in Self.all {
            guard let values = values[parameter.name] else { continue }
            try parameter.apply(values, &draft)
            if let condition = parameter.condition, !isMet(condition) {
                throw .contradictory(parameter.name, "means nothing without \(condition.phrase)")
            }
        }
        return try draft.finished(image: image, knowsPrompts: !hasUnreadEmbeddings)
    }

    private func isMet(_ condition: ParameterCondition) -> Bool {
        let given = texts(condition.parameter)
        guard let wanted = condition.values else { return given.contains { $0 != condition.exception } }
        let found = given.isEmpty ? [Self.byName[condition.parameter]?.defaultText ?? ""] : given
        return found.contains { wanted.contains($0) }
    }
}
