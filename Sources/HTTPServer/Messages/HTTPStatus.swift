/// A status code (RFC 9110 §15) with its reason phrase.
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    /// The three-digit code.
    public let code: Int
    /// The phrase that follows the code; carries no meaning for programs.
    public let reason: String

    /// A status that has no name here.
    public init(code: Int, reason: String) {
        self.code = code
        self.reason = reason
    }

    /// Two statuses are the same when their codes are.
    public static func == (left: HTTPStatus, right: HTTPStatus) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(code) }

    /// Code and phrase, as in a status line.
    public var description: String { "\(code) \(reason)" }

    /// Whether a response of this status has no content: 1xx, 204 and 304 (RFC 9112 §6.3).
    var forbidsContent: Bool { code < 200 || code == 204 || code == 304 }
}

extension HTTPStatus {
    /// 200
    public static let ok = HTTPStatus(code: 200, reason: "OK")
    /// 204
    public static let noContent = HTTPStatus(code: 204, reason: "No Content")
    /// 400
    public static let badRequest = HTTPStatus(code: 400, reason: "Bad Request")
    /// 401
    public static let unauthorized = HTTPStatus(code: 401, reason: "Unauthorized")
    /// 403
    public static let forbidden = HTTPStatus(code: 403, reason: "Forbidden")
    /// 404
    public static let notFound = HTTPStatus(code: 404, reason: "Not Found")
    /// 405
    public static let methodNotAllowed = HTTPStatus(code: 405, reason: "Method Not Allowed")
    /// 406
    public static let notAcceptable = HTTPStatus(code: 406, reason: "Not Acceptable")
    /// 408
    public static let requestTimeout = HTTPStatus(code: 408, reason: "Request Timeout")
    /// 413
    public static let contentTooLarge = HTTPStatus(code: 413, reason: "Content Too Large")
    /// 414
    public static let uriTooLong = HTTPStatus(code: 414, reason: "URI Too Long")
    /// 415
    public static let unsupportedMediaType = HTTPStatus(code: 415, reason: "Unsupported Media Type")
    /// 417
    public static let expectationFailed = HTTPStatus(code: 417, reason: "Expectation Failed")
    /// 422
    public static let unprocessableContent = HTTPStatus(code: 422, reason: "Unprocessable Content")
    /// 429 (RFC 6585 §4)
    public static let tooManyRequests = HTTPStatus(code: 429, reason: "Too Many Requests")
    /// 431 (RFC 6585 §5)
    public static let headerFieldsTooLarge = HTTPStatus(code: 431, reason: "Request Header Fields Too Large")
    /// 500
    public static let internalServerError = HTTPStatus(code: 500, reason: "Internal Server Error")
    /// 501
    public static let notImplemented = HTTPStatus(code: 501, reason: "Not Implemented")
    /// 503
    public static let serviceUnavailable = HTTPStatus(code: 503, reason: "Service Unavailable")
    /// 505
    public static let versionNotSupported = HTTPStatus(code: 505, reason: "HTTP Version Not Supported")
}
