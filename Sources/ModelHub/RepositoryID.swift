/// The name of a model repository on a hub, `owner/name`.
public struct RepositoryID: Sendable, Hashable, CustomStringConvertible {
    /// Who publishes it.
    public let owner: String
    /// What it is called there.
    public let name: String

    /// The name as people write it.
    public var description: String { "\(owner)/\(name)" }

    /// - Returns: nil if `text` can't be the name of a repository. What passes is safe in a URL and in a file name.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(Self.isName) else { return nil }
        (owner, name) = (parts[0], parts[1])
    }

    /// As the hub has it: 96 letters, digits, `-`, `_` or `.` at most, no `--` or `..`, neither `-` nor `.` at an end.
    private static func isName(_ part: String) -> Bool {
        let bytes = Array(part.utf8)
        guard (1...96).contains(bytes.count), bytes.allSatisfy({ $0.isWordByte || $0.isDashOrDot }) else {
            return false
        }
        guard let first = bytes.first, let last = bytes.last, !first.isDashOrDot, !last.isDashOrDot else {
            return false
        }
        return !zip(bytes, bytes.dropFirst()).contains { $0 == $1 && $0.isDashOrDot }
    }
}

extension UInt8 {
    /// A letter, a digit or `_`.
    var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    var isDashOrDot: Bool { self == UInt8(ascii: "-") || self == UInt8(ascii: ".") }
}
