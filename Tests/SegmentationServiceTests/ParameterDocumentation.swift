import Segmentation

/// What documents say of the parameters, made from their table.
enum ParameterDocumentation {
    /// A part of a document, between two lines that stay.
    struct Block: Sendable {
        let file: String
        /// What the lines before and after are, but for spaces before them.
        let begin: String
        let end: String
        let lines: [String]

        /// The document with this block; nil if it has no place for it.
        func inserted(into document: String) -> String? {
            let all = document.split(separator: "\n", omittingEmptySubsequences: false)
            func position(_ mark: String) -> Int? {
                all.firstIndex { String($0).trimmingPrefix(while: { $0 == " " }) == mark }
            }
            guard let start = position(begin), let stop = position(end), start < stop else { return nil }
            return (all[...start] + lines.map { Substring($0) } + all[stop...]).joined(separator: "\n")
        }
    }

    private static let all = SegmentationParameters.all

    static let blocks = [
        openAPI("query", indent: 8, all.filter { $0.kind != .file }.flatMap(queryParameter)),
        openAPI("form", indent: 8, all.flatMap { property($0, isJSON: false) }),
        openAPI("JSON", indent: 8, all.flatMap { property($0, isJSON: true) }),
        openAPI("schemas", indent: 4, all.flatMap(schema)),
        Block(
            file: "Documentation/api.md", begin: "<!-- Parameters: made from their table by make documentation -->",
            end: "<!-- End of parameters -->",
            lines: ["", "| parameter | | default |", "|---|---|---|"] + all.map(row) + [""]),
    ]

    private static func openAPI(_ name: String, indent: Int, _ lines: [String]) -> Block {
        let space = String(repeating: " ", count: indent)
        return Block(
            file: "openapi.yaml", begin: "# Parameters, \(name): made from their table by make documentation",
            end: "# End of parameters, \(name)", lines: lines.map { space + $0 })
    }

    // MARK: - openapi.yaml

    private static func queryParameter(_ parameter: Parameter) -> [String] {
        ["- name: \(parameter.name)", "  in: query", "  description: \(quoted(parameter.documentation))"]
            + (parameter.isRepeatable ? ["  style: form", "  explode: true"] : [])
            + ["  schema:"] + list(parameter, isJSON: false).map { "    " + $0 }
    }

    private static func property(_ parameter: Parameter, isJSON: Bool) -> [String] {
        ["\(parameter.name):", "  description: \(quoted(parameter.documentation))"]
            + (isJSON ? orNull(list(parameter, isJSON: true)) : list(parameter, isJSON: false)).map { "  " + $0 }
    }

    /// In JSON, null is the same as nothing.
    private static func orNull(_ schema: [String]) -> [String] {
        (schema.first == "anyOf:" ? schema : ["anyOf:"] + item(schema)) + item(["type: 'null'"])
    }

    /// The schema of all values of a parameter: JSON also takes one alone.
    private static func list(_ parameter: Parameter, isJSON: Bool) -> [String] {
        let one = reference(parameter, isJSON: isJSON)
        guard parameter.isRepeatable else { return one }
        let many =
            ["type: array"] + (isJSON ? ["minItems: 1"] : []) + ["maxItems: \(parameter.maxCount)", "items:"]
            + one.map { "  " + $0 }
        return isJSON ? ["anyOf:"] + item(one) + item(many) : many
    }

    private static func item(_ lines: [String]) -> [String] {
        lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }

    private static func reference(_ parameter: Parameter, isJSON: Bool) -> [String] {
        switch parameter.kind {
        case .file where isJSON: ["type: string", "contentEncoding: base64"]
        case .file: ["type: string", "format: binary"]
        case .numbers where isJSON: ["type: array", "items:", "  type: number"]
        default: ["$ref: '#/components/schemas/\(schemaName(parameter))'"]
        }
    }

    private static func schemaName(_ parameter: Parameter) -> String {
        "Segment" + parameter.name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func schema(_ parameter: Parameter) -> [String] {
        guard parameter.kind != .file else { return [] }
        return ["\(schemaName(parameter)):"]
            + (type(parameter.kind) + (parameter.defaultText.map { ["default: \(value($0, parameter.kind))"] } ?? []))
            .map { "  " + $0 }
    }

    private static func type(_ kind: ParameterKind) -> [String] {
        switch kind {
        case .text(let maxBytes):
            [
                "type: string", "description: At most \(maxBytes) bytes in UTF-8.", "minLength: 1",
                "maxLength: \(maxBytes)",
            ]
        case .number(let range, let words):
            words.isEmpty
                ? number(range)
                : ["anyOf:"] + item(number(range)) + item(["type: string", "enum: [\(words.joined(separator: ", "))]"])
        case .integer(let range):
            ["type: integer", "minimum: \(range.lowerBound)", "maximum: \(range.upperBound)"]
        case .word(let words): ["type: string", "enum: [\(words.joined(separator: ", "))]"]
        case .choice(let numbers): ["type: integer", "enum: [\(numbers.map { "\($0)" }.joined(separator: ", "))]"]
        case .flag: ["type: boolean"]
        case .color, .size, .grid: ["type: string"] + (pattern(kind).map { ["pattern: '\($0)'"] } ?? [])
        case .numbers:
            [
                "type: string", "description: A list of numbers as JSON writes it.", "maxLength: \(kind.maxBytes)",
                "pattern: '^\\[.*\\]$'",
            ]
        case .file: []
        }
    }

    /// A regular expression for texts of a kind that has a form of its own.
    static func pattern(_ kind: ParameterKind) -> String? {
        switch kind {
        case .color: "^#[0-9A-Fa-f]{6}$"
        case .size(let sides): "^(original|model|\(numbers(sides))x\(numbers(sides)))$"
        case .grid(let sides): "^\(numbers(sides))x\(numbers(sides))$"
        default: nil
        }
    }

    /// The whole numbers from 1 up to another, without leading zeros.
    private static func numbers(_ range: ClosedRange<Int>) -> String {
        precondition(range.lowerBound == 1)
        let digits = "\(range.upperBound)".compactMap(\.wholeNumberValue)
        func any(_ count: Int) -> String { count == 0 ? "" : count == 1 ? "[0-9]" : "[0-9]{\(count)}" }
        var choices = digits.count > 1 ? ["[1-9][0-9]{0,\(digits.count - 2)}"] : []
        // Of as many digits as the largest: those that are smaller at one of them, and itself.
        for (index, digit) in digits.enumerated() {
            let least = index == 0 ? 1 : 0
            let most = index == digits.count - 1 ? digit : digit - 1
            guard least <= most else { continue }
            let before = digits[..<index].map { "\($0)" }.joined()
            choices.append("\(before)[\(least)-\(most)]\(any(digits.count - 1 - index))")
        }
        return choices.count == 1 ? choices[0] : "(" + choices.joined(separator: "|") + ")"
    }

    private static func number(_ range: ClosedRange<Double>) -> [String] {
        ["type: number", "minimum: \(range.lowerBound.shortText)", "maximum: \(range.upperBound.shortText)"]
    }

    private static func value(_ text: String, _ kind: ParameterKind) -> String {
        switch kind {
        case .text, .word, .color, .size, .grid, .numbers, .file: quoted(text)
        case .number, .integer, .choice, .flag: text
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"" + String(text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }) + "\""
    }

    // MARK: - api.md

    private static func row(_ parameter: Parameter) -> String {
        let values = values(parameter.kind).map { " \($0)." } ?? ""
        let documentation = parameter.documentation.replacing(parameter.help, with: parameter.help + values)
        return "| `\(parameter.name)` | \(documentation) | \(parameter.defaultText.map { "`\($0)`" } ?? "") |"
    }

    /// What it can be, as one writes it; nil where the sentence before says it.
    private static func values(_ kind: ParameterKind) -> String? {
        switch kind {
        case .text, .file, .flag: nil
        case .word(let words): words.map { "`\($0)`" }.joined(separator: ", ")
        case .choice(let numbers): numbers.map { "`\($0)`" }.joined(separator: ", ")
        case .number(let range, let words):
            ([capitalized(ParameterKind.number(range).expectation)] + words.map { "`\($0)`" }).joined(
                separator: ", or ")
        case .size(let sides):
            "`original`, `model`, or width and height from \(sides.lowerBound) to \(sides.upperBound) such as `640x480`"
        case .integer, .color, .grid, .numbers: capitalized(kind.expectation)
        }
    }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}
