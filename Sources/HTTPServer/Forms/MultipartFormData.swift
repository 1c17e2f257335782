/// Parses `multipart/form-data` (RFC 7578), the multipart syntax of RFC 2046 §5.1.
///
/// Lines end in CRLF. Preamble and epilogue are ignored; a part that is multipart itself is refused (§4.3).
/// `Content-Transfer-Encoding` (RFC 7578 §4.7, deprecated) is not undone, and `filename*` (§4.2, forbidden) not read.
public struct MultipartFormData: Sendable {
    /// One part of a form.
    public struct Part: Sendable, Hashable {
        /// The field's name.
        public var name: String
        /// The file's name as the client gave it, a path perhaps; `nil` for what is not a file.
        public var filename: String?
        /// The part's media type, if it gives one.
        public var contentType: String?
        /// The part's header fields.
        public var headers: HTTPHeaders
        /// The content, within the body that was parsed.
        public var body: ArraySlice<UInt8>

        /// The content as text, if it is UTF-8.
        public var text: String? { String(validating: body, as: UTF8.self) }
    }

    /// Takes a body apart.
    ///
    /// - Parameters:
    ///   - body: The content of a request or other message.
    ///   - contentType: Its Content-Type, which names the boundary.
    ///   - limits: What is refused.
    /// - Returns: the parts in order.
    /// - Throws: an `HTTPProblem`: 415 for another content type, 400 for a body or boundary that is malformed or truncated,
    ///   413 over a limit.
    public static func parse(
        body: [UInt8], contentType: String, limits: MultipartLimits = MultipartLimits()
    ) throws(HTTPProblem) -> [Part] {
        guard let type = ParameterizedValue(parsing: contentType) else {
            throw malformed("The Content-Type is malformed.")
        }
        guard type.value == "multipart/form-data" else {
            throw HTTPProblem(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                detail: "The body must be multipart/form-data, not \(type.value).")
        }
        guard let boundary = type["boundary"], isBoundary(boundary) else {
            throw malformed("The Content-Type must give a boundary of 1 to 70 characters (RFC 2046 section 5.1.1).")
        }
        var parser = MultipartParser(body: body, boundary: Array(boundary.utf8), limits: limits)
        return try parser.parse()
    }

    /// RFC 2046 §5.1.1: bchars, up to 70 of them, the last not a space.
    private static func isBoundary(_ text: String) -> Bool {
        (1...70).contains(text.utf8.count) && text.utf8.last != .space
            && text.utf8.allSatisfy { $0.isDigit || $0.isAlpha || "'()+_,-./:=? ".utf8.contains($0) }
    }

    static func malformed(_ detail: String) -> HTTPProblem {
        .malformed(detail, code: "malformed_multipart")
    }
}
