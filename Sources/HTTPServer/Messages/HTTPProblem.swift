internal import Logging

/// An error in the form of RFC 9457 (problem details), for the server's own refusals and for handlers' alike.
public struct HTTPProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The response's status.
    public var status: HTTPStatus
    /// A stable word for programs to switch on, such as `body_too_large`.
    public var code: String
    /// A sentence for people that says what to do.
    public var detail: String
    /// The kind of problem, as a URI reference; `about:blank` when the status says it all (RFC 9457 §4.2.1).
    public var type: String
    /// A short name of the kind of problem; the status's reason phrase unless set.
    public var title: String
    /// The path of what the problem happened to, decoded as in ``HTTPRequest/path``; clients get it as a URI reference.
    public var instance: String?
    /// The parameter at fault, where there is one.
    public var parameter: String?
    /// Further header fields that the status calls for, such as `Allow` or `Retry-After`.
    public var headers: HTTPHeaders

    /// A problem of the given status and code.
    public init(
        status: HTTPStatus, code: String, detail: String, type: String = "about:blank", title: String? = nil,
        instance: String? = nil, parameter: String? = nil, headers: HTTPHeaders = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.type = type
        self.title = title ?? status.reason
        self.instance = instance
        self.parameter = parameter
        self.headers = headers
    }

    /// Status, code and detail in a line.
    public var description: String { "\(status) (\(code)): \(detail)" }

    /// The response that tells the client, and its code the log.
    public var response: HTTPResponse { response(repeatingDetailAs: nil) }

    /// The response with the detail once more under another name, an extension member (RFC 9457 §3.2), for clients that look
    /// for it there.
    public func response(repeatingDetailAs name: String?) -> HTTPResponse {
        var headers = headers
        headers["Content-Type"] = "application/problem+json"
        return HTTPResponse(
            status: status, headers: headers, body: json(repeatingDetailAs: name), logMetadata: ["code": .string(code)])
    }

    /// The members of RFC 9457 §3.1, then our extensions `code` and `parameter`.
    private func json(repeatingDetailAs name: String?) -> [UInt8] {
        var object = JSONObjectWriter()
        object.add("type", type)
        object.add("title", title)
        object.add("status", status.code)
        object.add("detail", detail)
        if let instance { object.add("instance", PercentEncoding.encode(path: instance)) }
        object.add("code", code)
        if let parameter { object.add("parameter", parameter) }
        if let name { object.add(name, detail) }
        return object.finish()
    }
}

extension HTTPProblem {
    /// The statuses with which the server itself refuses requests, to whatever path, before a handler sees them.
    public static let statusesBeforeHandlers: Set<HTTPStatus> = [
        .badRequest, .requestTimeout, .contentTooLarge, .uriTooLong, .expectationFailed, .tooManyRequests,
        .headerFieldsTooLarge, .notImplemented, .serviceUnavailable, .versionNotSupported,
    ]

    /// 400: the bytes are not a request.
    static func malformed(_ detail: String, code: String = "malformed_request") -> HTTPProblem {
        HTTPProblem(status: .badRequest, code: code, detail: detail)
    }

    /// 413: the content is over the limit.
    static func bodyTooLarge(limit: Int) -> HTTPProblem {
        HTTPProblem(
            status: .contentTooLarge, code: "body_too_large",
            detail: "The body is larger than the \(limit) bytes allowed here. Send less.")
    }

    /// 400: HTTP where TLS is spoken, answered as it was asked.
    static let plainHTTP = malformed(
        "This port speaks HTTPS and the request came without TLS. Say https:// in the address.", code: "https_required")

    /// 408: the client took too long.
    static func timeout(_ detail: String) -> HTTPProblem {
        HTTPProblem(status: .requestTimeout, code: "request_timeout", detail: detail)
    }

    /// 503: the server has all the connections it may have.
    static let tooManyConnections = HTTPProblem(
        status: .serviceUnavailable, code: "too_many_connections",
        detail: "All of this server's connections are taken. Try again in a moment.", headers: ["Retry-After": "1"])

    /// 503: bodies and answers take all the memory they may.
    public static let bufferFull = HTTPProblem(
        status: .serviceUnavailable, code: "buffer_full",
        detail: "Requests and answers take all the memory they may here. Try again in a moment.",
        headers: ["Retry-After": "1"])

    /// 429: the client's address has.
    static let tooManyConnectionsFromAddress = HTTPProblem(
        status: .tooManyRequests, code: "too_many_connections_from_address",
        detail: "Your address has all the connections that one may have here. Close some, or use them again.",
        headers: ["Retry-After": "1"])
}
