import HTTPServer
import Segmentation

/// A parameter as JSON gives it: numbers as numbers, flags as true and false, files as strings in base64, and a list where
/// it may be given more than once.
struct JSONParameter {
    private let name: String
    private let kind: ParameterKind

    init(_ name: String, _ kind: ParameterKind) {
        self.name = name
        self.kind = kind
    }

    /// The values that one JSON value stands for. That there are too many is found out by who takes them.
    func values(_ json: JSONValue) throws(HTTPProblem) -> [ParameterValue] {
        guard case .array(let elements) = json else { return [try value(json)] }
        if kind == .numbers, !elements.contains(where: { if case .array = $0 { true } else { false } }) {
            return [try value(json)]
        }
        guard !elements.isEmpty else { throw wrong("an empty list") }
        return try elements.map { element throws(HTTPProblem) in try value(element) }
    }

    private func value(_ json: JSONValue) throws(HTTPProblem) -> ParameterValue {
        switch (kind, json) {
        case (.numbers, .array(let elements)):
            return .numbers(
                try elements.map { element throws(HTTPProblem) in
                    guard case .number(let number) = element else { throw wrong("a list of other things") }
                    return Float(number)
                })
        case (.file, .string(let text)): return .file(try EncodedFile.decode(text, parameter: name))
        case (.number(_, let words), .string(let text)):
            guard words.contains(where: { $0.utf8.elementsEqual(text.utf8) }) else { throw wrong("a string") }
            return .text(text)
        case (.number, .number(let number)), (.integer, .number(let number)), (.choice, .number(let number)):
            return .text(number.shortText)
        case (.flag, .bool(let flag)): return .text("\(flag)")
        case (.text, .string(let text)), (.word, .string(let text)), (.color, .string(let text)),
            (.size, .string(let text)), (.grid, .string(let text)):
            return .text(text)
        default: throw wrong(json.kind)
        }
    }

    private func wrong(_ found: String) -> HTTPProblem {
        .invalidParameter(name, "is or holds \(found); it can be \(kind.expectation)")
    }
}
