import Foundation
import Imaging

// Ways to make a parameter: each reads the values of one kind and puts them where `path` leads. The default is what
// stands there in a draft that nothing was put into.
extension Parameter {
    typealias Path<Value> = any WritableKeyPath<SegmentationDraft, Value> & Sendable

    static func word<Word: RawRepresentable<String> & CaseIterable & Sendable>(
        _ name: String, _ path: Path<Word>, _ help: String, needs condition: ParameterCondition? = nil
    ) -> Parameter {
        let words = Word.allCases.map(\.rawValue)
        return one(name, .word(words), path, { $0.rawValue }, help, condition) { text in Word(rawValue: text) }
    }

    static func number(
        _ name: String, _ range: ClosedRange<Double>, _ path: Path<Float>, _ help: String,
        needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .number(range), path, { Double($0.description)?.shortText }, help, condition) { text in
            number(text, in: range)
        }
    }

    static func optionalNumber(
        _ name: String, _ range: ClosedRange<Double>, _ path: Path<Float?>, _ help: String,
        needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .number(range), path, { _ in nil }, help, condition) { text in
            number(text, in: range).map(Float?.some)
        }
    }

    static func integer(
        _ name: String, _ range: ClosedRange<Int>, _ path: Path<Int>, _ help: String,
        needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .integer(range), path, { "\($0)" }, help, condition) { text in integer(text, in: range) }
    }

    static func optionalInteger(
        _ name: String, _ range: ClosedRange<Int>, _ path: Path<Int?>, _ help: String,
        needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .integer(range), path, { _ in nil }, help, condition) { text in
            integer(text, in: range).map(Int?.some)
        }
    }

    static func flag(
        _ name: String, _ path: Path<Bool>, _ help: String, needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .flag, path, { "\($0)" }, help, condition) { text in Bool(text) }
    }

    static func color(
        _ name: String, _ path: Path<RGBColor?>, _ help: String, needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .color, path, { _ in nil }, help, condition) { text in
            let digits = text.utf8.dropFirst()
            guard text.utf8.first == UInt8(ascii: "#"), digits.count == 6, digits.allSatisfy(isHexDigit),
                let value = UInt32(text.dropFirst(), radix: 16)
            else { return nil }
            return RGBColor(
                red: UInt8(value >> 16), green: UInt8(value >> 8 & 0xFF), blue: UInt8(value & 0xFF))
        }
    }

    static func size(
        _ name: String, _ path: Path<AnswerSize>, _ help: String, needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .size(sides: AnswerSize.sides), path, { "\($0)" }, help, condition) { text in AnswerSize(text) }
    }

    static func grid(
        _ name: String, _ path: Path<TileCount>, _ help: String, needs condition: ParameterCondition? = nil
    ) -> Parameter {
        one(name, .grid(sides: TileCount.range), path, { "\($0)" }, help, condition) { text in TileCount(text) }
    }

    static func texts(
        _ name: String, atMost maxCount: Int, maxBytes: Int = SegmentationRequest.maxPromptBytes,
        _ path: Path<[String]>,
        _ help: String, needs condition: ParameterCondition? = nil
    ) -> Parameter {
        Parameter(
            name: name, kind: .text(maxBytes: maxBytes), maxCount: maxCount, defaultText: nil, help: help,
            condition: condition
        ) { values, draft throws(InputError) in
            draft[keyPath: path] = try values.map { value throws(InputError) in
                guard case .text(let text) = value else { throw wrongKind(name, value, .text(maxBytes: maxBytes)) }
                return text
            }
        }
    }

    static func numbers(
        _ name: String, _ range: ClosedRange<Double>, atMost maxCount: Int, _ path: Path<[Float]>, _ help: String,
        needs condition: ParameterCondition? = nil
    ) -> Parameter {
        let kind = ParameterKind.number(range)
        return Parameter(
            name: name, kind: kind, maxCount: maxCount, defaultText: nil, help: help, condition: condition
        ) { values, draft throws(InputError) in
            draft[keyPath: path] = try values.map { value throws(InputError) in
                try read(name, value, kind) { text in number(text, in: range) }
            }
        }
    }

    static func files(
        _ name: String, atMost maxCount: Int, _ path: Path<[[UInt8]]>, _ help: String,
        needs condition: ParameterCondition? = nil
    ) -> Parameter {
        Parameter(name: name, kind: .file, maxCount: maxCount, defaultText: nil, help: help, condition: condition) {
            values, draft throws(InputError) in
            draft[keyPath: path] = try values.map { value throws(InputError) in
                guard case .file(let bytes) = value else { throw wrongKind(name, value, .file) }
                return bytes
            }
        }
    }

    static func vectors(
        _ name: String, atMost maxCount: Int, _ path: Path<[[Float]]>, _ help: String
    ) -> Parameter {
        Parameter(name: name, kind: .numbers, maxCount: maxCount, defaultText: nil, help: help, condition: nil) {
            values, draft throws(InputError) in
            draft[keyPath: path] = try values.map { value throws(InputError) in
                if case .numbers(let numbers) = value { return numbers }
                return try read(name, value, .numbers) { text in
                    try? JSONDecoder().decode([Float].self, from: Data(text.utf8))
                }
            }
        }
    }

    /// A parameter that is given once.
    static func one<Value>(
        _ name: String, _ kind: ParameterKind, _ path: Path<Value>, _ text: (Value) -> String?, _ help: String,
        _ condition: ParameterCondition?, parse: @escaping @Sendable (String) -> Value?
    ) -> Parameter {
        Parameter(
            name: name, kind: kind, maxCount: 1, defaultText: text(SegmentationDraft()[keyPath: path]), help: help,
            condition: condition
        ) { values, draft throws(InputError) in
            for value in values { draft[keyPath: path] = try read(name, value, kind, parse) }
        }
    }

    /// What `parse` makes of a value.
    static func read<Value>(
        _ name: String, _ value: ParameterValue, _ kind: ParameterKind, _ parse: (String) -> Value?
    ) throws(InputError) -> Value {
        guard case .text(let text) = value else { throw wrongKind(name, value, kind) }
        guard let parsed = parse(text) else {
            throw .invalid(name, "is “\(text.shortened)”; it can be \(kind.expectation)")
        }
        return parsed
    }

    private static func wrongKind(_ name: String, _ value: ParameterValue, _ kind: ParameterKind) -> InputError {
        .invalid(name, "is \(value.noun); it can be \(kind.expectation)")
    }

    static func number(_ text: String, in range: ClosedRange<Double>) -> Float? {
        Double(decimal: text).flatMap { range.contains($0) ? Float($0) : nil }
    }

    private static func integer(_ text: String, in range: ClosedRange<Int>) -> Int? {
        Int(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte & ~0x20)
    }
}

extension InputError {
    /// 400: a parameter makes no sense.
    ///
    /// - Parameter problem: What follows the parameter's name, without a full stop.
    static func invalid(_ name: String, _ problem: String) -> InputError {
        InputError(.malformed, code: "invalid_parameter", parameter: name, "“\(name)” \(problem).")
    }

    /// 400: a parameter means nothing, or something else, beside others.
    ///
    /// - Parameter problem: What follows the parameter's name, without a full stop.
    static func contradictory(_ name: String, _ problem: String) -> InputError {
        InputError(.malformed, code: "contradictory_parameter", parameter: name, "“\(name)” \(problem).")
    }

    /// 400: a parameter's text is longer than makes sense.
    static func tooLong(_ name: String, _ text: String, maxBytes: Int) -> InputError {
        .invalid(name, "has \(text.utf8.count) bytes; at most \(maxBytes) make sense")
    }
}

extension String {
    /// The beginning of a text that may be long, for messages.
    var shortened: String {
        let most = 80
        return unicodeScalars.count <= most
            ? self : String(String.UnicodeScalarView(unicodeScalars.prefix(most))) + "…"
    }
}
