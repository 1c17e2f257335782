/// One parameter of a segmentation: what it is called, what it can be, and what it is for.
///
/// The HTTP API and the program both read parameters through `SegmentationParameters`, so that names, ranges, defaults and
/// errors are the same; the program writes hyphens for underscores.
public struct Parameter: Sendable {
    /// The name in a form, a query or JSON.
    public let name: String
    /// What it can be.
    public let kind: ParameterKind
    /// How often it may be given; JSON gives a list where that is more than once.
    public let maxCount: Int
    /// What it is if it is not given, as one would write it; nil if there is no such value.
    public let defaultText: String?
    /// A sentence that says what it is for.
    public let help: String
    /// What must be for the parameter to mean anything.
    public let condition: ParameterCondition?
    /// Puts values where they belong. There is at least one, and no more than `maxCount`.
    let apply: @Sendable (_ values: [ParameterValue], inout SegmentationDraft) throws(InputError) -> Void

    /// Whether it may be given more than once.
    public var isRepeatable: Bool { maxCount > 1 }

    /// What it is for and what it needs: for documentation.
    public var documentation: String { condition.map { "\(help) Needs \($0)." } ?? help }
}

/// What another parameter must be for a parameter to mean anything.
public struct ParameterCondition: Sendable, CustomStringConvertible {
    /// The other parameter.
    public let parameter: String
    /// The values that will do; any that is given if nil, but ``exception``.
    public let values: [String]?
    /// A value that will not do.
    public var exception: String?

    /// As one would write it, in Markdown.
    public var description: String {
        if let values { return values.map { "`\(parameter)=\($0)`" }.joined(separator: " or ") }
        return "`\(parameter)`" + (exception.map { " other than `\($0)`" } ?? "")
    }

    /// The same in messages.
    var phrase: String {
        if let values { return values.map { "\(parameter)=\($0)" }.joined(separator: " or ") }
        return "“\(parameter)”" + (exception.map { " other than \($0)" } ?? "")
    }
}
