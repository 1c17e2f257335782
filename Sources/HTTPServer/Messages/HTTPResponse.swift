public import Logging

/// What a handler answers.
///
/// The server itself adds `Date`, `X-Request-Id`, `Content-Length` and, where due, `Connection`; should a handler set one
/// of these, the server's value wins. The body is left out of answers to HEAD.
public struct HTTPResponse: Sendable {
    /// How it went.
    public var status: HTTPStatus
    /// The header fields, in the order they will be sent.
    public var headers: HTTPHeaders
    /// The content.
    public var body: [UInt8]
    /// What only the log is told: see `HTTPAnswer`.
    public var logMetadata: Logger.Metadata
    /// What the handler is handed back with the `HTTPAnswer`.
    public var attachment: (any Sendable)?

    /// A response of any kind.
    public init(
        status: HTTPStatus, headers: HTTPHeaders = [:], body: [UInt8] = [], logMetadata: Logger.Metadata = [:]
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.logMetadata = logMetadata
    }

    /// What is left to tell of it once it has been sent.
    var withoutContent: HTTPResponse {
        var rest = HTTPResponse(status: status, logMetadata: logMetadata)
        rest.attachment = attachment
        return rest
    }

    /// A response that carries text.
    public init(status: HTTPStatus = .ok, text: String, contentType: String = "text/plain; charset=utf-8") {
        self.init(status: status, headers: ["Content-Type": contentType], body: Array(text.utf8))
    }
}
