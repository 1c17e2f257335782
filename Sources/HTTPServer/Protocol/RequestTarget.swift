/// A request target (RFC 9112 §3.2), parsed.
struct RequestTarget: Hashable {
    let raw: String
    let path: String
    let query: QueryItems

    /// - Throws: a 400 for anything but origin-form, absolute-form and, with OPTIONS, asterisk-form. Authority-form belongs
    ///   to CONNECT, which is refused before its target is looked at.
    init(parsing raw: String, method: HTTPMethod) throws(HTTPProblem) {
        self.raw = raw
        // RFC 9112 §3.2: a target holds no white space, and a fragment is never sent (RFC 9110 §7.1).
        guard raw.utf8.allSatisfy({ $0.isVisible && $0 != UInt8(ascii: "#") }) else {
            throw .malformed("The request target holds a character that a URI must percent-encode.", code: Self.code)
        }
        if raw == "*" {
            // RFC 9112 §3.2.4
            guard method == .options else { throw .malformed("The target * goes with OPTIONS only.", code: Self.code) }
            path = raw
            query = QueryItems()
            return
        }
        let pathAndQuery = raw.utf8.first == UInt8(ascii: "/") ? Substring(raw) : try Self.afterAuthority(of: raw)
        let mark = pathAndQuery.utf8.firstIndex(of: UInt8(ascii: "?")) ?? pathAndQuery.endIndex
        path = mark == pathAndQuery.startIndex ? "/" : try PercentEncoding.decode(path: pathAndQuery[..<mark])
        query = try QueryItems(decoding: pathAndQuery[mark...].dropFirst())
    }

    /// Absolute-form (RFC 9112 §3.2.2). The authority is checked and, this server having one site only, not used.
    private static func afterAuthority(of raw: String) throws(HTTPProblem) -> Substring {
        for scheme in ["http://", "https://"] where raw.prefix(scheme.count).equalsIgnoringCase(scheme) {
            let rest = raw.dropFirst(scheme.count)
            let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
            let authority = rest[..<end]
            // RFC 9110 §4.2.1: an http URI with an empty host is invalid.
            guard !authority.isEmpty, Authority.isValid(authority) else { break }
            return rest[end...]
        }
        throw .malformed("The request target must be a path, such as /livez, or an absolute http URI.", code: code)
    }

    private static let code = "malformed_target"
}
