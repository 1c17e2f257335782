import HTTPServer

/// What the body of a request is, as its Content-Type says.
enum BodyKind {
    /// `multipart/form-data`.
    case form
    /// `application/json`.
    case json
    /// An image, whose bytes tell its format.
    case file

    private static let fileTypes = ["image/png", "image/jpeg", "application/octet-stream"]
    /// To compare long strings can take seconds: Swift's time is quadratic in the combining marks of one character.
    private static let maxTypeBytes = 256

    /// - Parameter takesFile: Whether the body may be an image.
    /// - Throws: a 415 `HTTPProblem` for anything else.
    init(_ request: HTTPRequest, takesFile: Bool) throws(HTTPProblem) {
        guard let contentType = request.headers["Content-Type"] else { throw Self.wrong("missing", takesFile) }
        let beforeParameters = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
        let type = String(Substring(beforeParameters)).filter { !$0.isWhitespace }.lowercased()
        guard type.utf8.count <= Self.maxTypeBytes else { throw Self.wrong("too long", takesFile) }
        switch type {
        case "multipart/form-data": self = .form
        case "application/json": self = .json
        case _ where takesFile && Self.fileTypes.contains(type): self = .file
        default: throw Self.wrong(type, takesFile)
        }
    }

    private static func wrong(_ found: String, _ takesFile: Bool) -> HTTPProblem {
        let file = takesFile ? ", or a PNG or JPEG file as the body with the parameters in the query" : ""
        return HTTPProblem(
            status: .unsupportedMediaType, code: "unsupported_media_type",
            detail: "The Content-Type is \(found). Send multipart/form-data, application/json\(file).")
    }
}
