/// A branch, a tag or a commit of a repository.
public struct Revision: Sendable, Hashable, CustomStringConvertible {
    /// The name as people write it.
    public let description: String

    /// What a repository has if nobody says otherwise.
    public static let main = Revision(unchecked: "main")

    private init(unchecked text: String) {
        description = text
    }

    /// - Returns: nil if `text` can't be a revision. What passes is safe as a relative path.
    public init?(_ text: String) {
        guard text.utf8.count <= 255,
            text.utf8.allSatisfy({ $0.isWordByte || $0.isDashOrDot || $0 == UInt8(ascii: "/") })
        else { return nil }
        let components = text.split(separator: "/", omittingEmptySubsequences: false)
        guard components.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.hasPrefix("-") }) else { return nil }
        description = text
    }

    /// Whether this is the full name of a commit, which never means anything else.
    var isCommit: Bool { Self.isCommit(description) }

    static func isCommit(_ text: String) -> Bool {
        text.utf8.count == 40 && text.utf8.allSatisfy { $0.isHexDigit }
    }
}

extension UInt8 {
    /// A digit of a hexadecimal number in lower case.
    var isHexDigit: Bool {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
        default: false
        }
    }
}
