internal import Logging

/// Writes one event as one line.
///
/// What came from a client may hold anything. Control and formatting characters (line ends, terminal escapes, reversals of
/// the writing direction) are escaped in both formats, so that nobody can forge a line or rewrite a terminal.
enum LogLine {
    static func render(
        _ message: String, _ metadata: Logger.Metadata, level: Logger.Level, label: String, time: String,
        as format: LogFormat
    ) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(512)
        switch format {
        case .text:
            line += time.utf8
            line += " \(level.rawValue) ".utf8
            append(label, to: &line)
            line += ": ".utf8
            append(escaped: message, quote: nil, to: &line)
            appendText(metadata, prefix: "", to: &line)
        case .json:
            line += "{\"time\":\"".utf8
            line += time.utf8
            line += "\",\"level\":\"\(level.rawValue)\",\"logger\":".utf8
            append(quoted: label, to: &line)
            line += ",\"message\":".utf8
            append(quoted: message, to: &line)
            appendMembers(metadata, to: &line, isFirst: false)
            line.append(UInt8(ascii: "}"))
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }

    // MARK: - Text

    private static func appendText(_ metadata: Logger.Metadata, prefix: String, to line: inout [UInt8]) {
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if case .dictionary(let members) = value {
                appendText(members, prefix: prefix + name + ".", to: &line)
                continue
            }
            line.append(UInt8(ascii: " "))
            append(prefix + name, to: &line)
            line.append(UInt8(ascii: "="))
            append("\(value)", to: &line)
        }
    }

    /// Quoted only if it would be misread otherwise.
    private static func append(_ text: String, to line: inout [UInt8]) {
        let isPlain = !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
        if isPlain { line += text.utf8 } else { append(quoted: text, to: &line) }
    }

    // MARK: - JSON

    private static func appendMembers(_ metadata: Logger.Metadata, to line: inout [UInt8], isFirst: Bool) {
        var isFirst = isFirst
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            if !isFirst { line.append(UInt8(ascii: ",")) }
            isFirst = false
            append(quoted: name, to: &line)
            line.append(UInt8(ascii: ":"))
            append(value, to: &line)
        }
    }

    private static func append(_ value: Logger.MetadataValue, to line: inout [UInt8]) {
        switch value {
        case .string(let text):
            append(quoted: text, to: &line)
        case .stringConvertible(let number as Int):
            line += String(number).utf8
        case .stringConvertible(let number as Double) where number.isFinite:
            line += "\(number)".utf8
        case .stringConvertible(let truth as Bool):
            line += "\(truth)".utf8
        case .stringConvertible(let other):
            append(quoted: other.description, to: &line)
        case .dictionary(let members):
            line.append(UInt8(ascii: "{"))
            appendMembers(members, to: &line, isFirst: true)
            line.append(UInt8(ascii: "}"))
        case .array(let elements):
            line.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { line.append(UInt8(ascii: ",")) }
                append(element, to: &line)
            }
            line.append(UInt8(ascii: "]"))
        }
    }

    // MARK: - Escapes

    private static func append(quoted text: String, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        append(escaped: text, quote: UInt8(ascii: "\""), to: &line)
        line.append(UInt8(ascii: "\""))
    }

    /// RFC 8259 §7, in text too.
    private static func append(escaped text: String, quote: UInt8?, to line: inout [UInt8]) {
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                let byte = UInt8(scalar.value)
                if byte == quote || byte == UInt8(ascii: "\\") { line.append(UInt8(ascii: "\\")) }
                if byte < 0x20 || byte == 0x7F { append(escape: scalar, to: &line) } else { line.append(byte) }
            } else {
                switch scalar.properties.generalCategory {
                case .control, .format, .lineSeparator, .paragraphSeparator: append(escape: scalar, to: &line)
                default: line += String(scalar).utf8
                }
            }
        }
    }

    private static func append(escape scalar: Unicode.Scalar, to line: inout [UInt8]) {
        for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            line += ("\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits).utf8
        }
    }
}
