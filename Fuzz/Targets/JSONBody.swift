import Foundation
import HTTPServer

@testable import SegmentationService

extension FuzzTarget {
    /// A JSON body, and the string in it a file. It stays within the limits; Foundation, which is laxer, reads it too; and
    /// written again it is read as the same.
    static let jsonBody = FuzzTarget(maxLength: 1024) { bytes in
        for limits in [JSONLimits(), small] {
            let value: JSONValue
            do throws(HTTPProblem) {
                value = try JSONValue(parsing: bytes, limits: limits)
            } catch {
                require([400, 413].contains(error.status.code), "a refusal as documented")
                continue
            }
            require(count(value) <= limits.maxValues, "no more values than allowed")
            require(depth(value) <= limits.maxDepth, "no deeper than allowed")
            require((try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil, "JSON")
            require((try? JSONValue(parsing: written(value))) == value, "the same value")
            if case .string(let text) = value { decodeFile(text) }
        }
    }

    private static let small = {
        var limits = JSONLimits()
        limits.maxDepth = 2
        limits.maxValues = 5
        limits.maxNameBytes = 4
        limits.maxNumberBytes = 4
        return limits
    }()

    private static func decodeFile(_ text: String) {
        do throws(HTTPProblem) {
            let file = try EncodedFile.decode(text, parameter: "image")
            let again = try? EncodedFile.decode(Data(file).base64EncodedString(), parameter: "image")
            require(again == file, "the same file")
        } catch {
            require(error.code == "invalid_parameter" && error.parameter == "image", "a refusal by name")
        }
    }

    private static func count(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): elements.reduce(1) { $0 + count($1) }
        case .object(let members): members.reduce(1) { $0 + count($1.value) }
        default: 1
        }
    }

    private static func depth(_ value: JSONValue) -> Int {
        switch value {
        case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
        case .object(let members): 1 + (members.map { depth($0.value) }.max() ?? 0)
        default: 0
        }
    }

    private static func written(_ value: JSONValue) -> [UInt8] {
        switch value {
        case .null: Array("null".utf8)
        case .bool(let flag): Array("\(flag)".utf8)
        case .number(let number): Array("\(number)".utf8)
        case .string(let text): written(text)
        case .array(let elements): Array("[".utf8) + elements.map(written).joined(separator: ",".utf8) + "]".utf8
        case .object(let members):
            Array("{".utf8)
                + members.map { written($0.name) + ":".utf8 + written($0.value) }.joined(separator: ",".utf8) + "}".utf8
        }
    }

    /// Every UTF-16 code unit as an escape.
    private static func written(_ text: String) -> [UInt8] {
        let escapes = text.utf16.map { unit in
            let digits = String(unit, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return Array("\"\(escapes.joined())\"".utf8)
    }
}
