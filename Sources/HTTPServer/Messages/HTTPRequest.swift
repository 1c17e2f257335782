/// A request that has been received whole.
public struct HTTPRequest: Sendable {
    /// What is asked.
    public var method: HTTPMethod
    /// The request target as it was sent (RFC 9112 §3.2).
    public var target: String
    /// The target's path, percent-decoded but for `%2F` and `%25`; `*` for a question about the server itself.
    ///
    /// Dot segments are not resolved: routes are matched exactly.
    public var path: String
    /// The target's query, decoded as `application/x-www-form-urlencoded`.
    public var query: QueryItems
    /// The header fields, in order.
    public var headers: HTTPHeaders
    /// The content, transfer coding removed.
    public var body: [UInt8]
    /// The other end of the connection.
    public var peer: SocketAddress
    /// The caller's `X-Request-Id` if it is sane, else one made here; the response carries it too.
    public var id: String
    /// When the last byte arrived.
    public var receivedAt: ContinuousClock.Instant
    /// How long the request took to arrive, from its first byte to its last.
    public var receiveDuration: Duration

    /// A request as the server would make it from `target`, for calling handlers in process.
    ///
    /// - Throws: a 400 `HTTPProblem` if `target` is not in origin-, absolute- or asterisk-form, or is badly percent-encoded.
    public init(
        method: HTTPMethod, target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        peer: SocketAddress = SocketAddress(host: "127.0.0.1", port: 0), id: String = "in-process",
        receivedAt: ContinuousClock.Instant = .now, receiveDuration: Duration = .zero
    ) throws(HTTPProblem) {
        self.init(
            method: method, target: try RequestTarget(parsing: target, method: method), headers: headers, body: body,
            peer: peer, id: id, receivedAt: receivedAt, receiveDuration: receiveDuration)
    }

    init(
        method: HTTPMethod, target: RequestTarget, headers: HTTPHeaders, body: [UInt8], peer: SocketAddress, id: String,
        receivedAt: ContinuousClock.Instant, receiveDuration: Duration
    ) {
        self.method = method
        self.target = target.raw
        self.path = target.path
        self.query = target.query
        self.headers = headers
        self.body = body
        self.peer = peer
        self.id = id
        self.receivedAt = receivedAt
        self.receiveDuration = receiveDuration
    }
}
