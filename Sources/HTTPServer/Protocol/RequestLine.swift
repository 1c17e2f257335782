/// The first line of a request (RFC 9112 §3): method SP request-target SP HTTP-version.
struct RequestLine {
    let method: HTTPMethod
    let target: RequestTarget
    /// Whether the client speaks HTTP/1.0. A higher minor version than ours is served as HTTP/1.1 (RFC 9110 §2.5).
    let isHTTP10: Bool

    init(parsing line: Span<UInt8>, maxTargetBytes: Int) throws(HTTPProblem) {
        guard let methodEnd = line.firstIndex(of: .space), methodEnd > 0,
            let targetEnd = line.firstIndex(of: .space, from: methodEnd + 1), targetEnd > methodEnd + 1
        else { throw .malformed("The request line must be a method, a target and a version, one space between.") }
        // The version comes first: what follows need not mean the same in another.
        isHTTP10 = try Self.isHTTP10(line.extracting((targetEnd + 1)...))
        guard targetEnd - methodEnd - 1 <= maxTargetBytes else { throw Self.targetTooLong(limit: maxTargetBytes) }
        method = try Self.method(line.extracting(..<methodEnd))
        target = try RequestTarget(parsing: line.extracting((methodEnd + 1)..<targetEnd).text, method: method)
    }

    /// The refusal of a line that is still going on when it is longer than any we would accept.
    static func overlong(_ line: Span<UInt8>, maxTargetBytes: Int) -> HTTPProblem {
        // RFC 9112 §3: 501 for a method longer than any we know, 414 for a target longer than we care to parse.
        guard let methodEnd = line.firstIndex(of: .space), methodEnd <= longestMethod else {
            return unknownMethod
        }
        return targetTooLong(limit: maxTargetBytes)
    }

    /// The most bytes that a line can have besides its target: method, two spaces, version.
    static let bytesBesidesTarget = longestMethod + 2 + 8

    private static let longestMethod = 16

    /// HTTP-version is case-sensitive and has one digit either side of the dot (RFC 9112 §2.3).
    private static func isHTTP10(_ version: Span<UInt8>) throws(HTTPProblem) -> Bool {
        let name: StaticString = "HTTP/"
        guard version.count == 8, version[5].isDigit, version[6] == UInt8(ascii: "."), version[7].isDigit,
            name.withUTF8Buffer({ name in name.indices.allSatisfy { version[$0] == name[$0] } })
        else { throw .malformed("The request line must end in an HTTP version, such as HTTP/1.1.") }
        guard version[5] == UInt8(ascii: "1") else {
            throw HTTPProblem(
                status: .versionNotSupported, code: "version_not_supported",
                detail: "This server speaks HTTP/1.1. Use that version.")
        }
        return version[7] == UInt8(ascii: "0")
    }

    private static func method(_ token: Span<UInt8>) throws(HTTPProblem) -> HTTPMethod {
        guard token.allSatisfy(\.isToken) else { throw .malformed("The method must be a token.") }
        // CONNECT asks for a tunnel, which is a proxy's business (RFC 9110 §9.3.6).
        guard token.count <= longestMethod, let method = HTTPMethod(rawValue: token.text), method != .connect else {
            throw unknownMethod
        }
        return method
    }

    private static var unknownMethod: HTTPProblem {
        HTTPProblem(
            status: .notImplemented, code: "unknown_method",
            detail: "This server doesn't implement that method. OPTIONS * lists those it does.")
    }

    private static func targetTooLong(limit: Int) -> HTTPProblem {
        HTTPProblem(
            status: .uriTooLong, code: "uri_too_long",
            detail: "The request target is longer than the \(limit) bytes allowed here. Send long input in the body.")
    }
}
