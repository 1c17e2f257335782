/// The request methods this server recognises: RFC 9110 §9.3, PATCH (RFC 5789) and QUERY
/// (draft-ietf-httpbis-safe-method-w-body).
///
/// Any other method is answered 501 (RFC 9110 §9.1) before a handler sees the request.
public enum HTTPMethod: String, Sendable, Hashable, CaseIterable {
    /// Transfer a representation of the target.
    case get = "GET"
    /// As GET, without the content.
    case head = "HEAD"
    /// Process the enclosed content.
    case post = "POST"
    /// Replace the target with the enclosed content.
    case put = "PUT"
    /// Change part of the target.
    case patch = "PATCH"
    /// Remove the target.
    case delete = "DELETE"
    /// Ask what the target, or with `*` the server, can do.
    case options = "OPTIONS"
    /// As GET, with content that says what is asked; no route of ours offers it.
    case query = "QUERY"
    /// Echo the request; no route of ours offers it.
    case trace = "TRACE"
    /// Open a tunnel; recognised in order to be refused.
    case connect = "CONNECT"
}
