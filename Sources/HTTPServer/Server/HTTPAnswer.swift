public import Logging

/// What became of one request, for logs and metrics.
public struct HTTPAnswer: Sendable {
    /// The request's identifier, which the client was told too.
    public var id: String
    /// The other end of the connection.
    public var peer: SocketAddress
    /// The method, if the request got as far.
    public var method: HTTPMethod?
    /// The target's path, percent-decoded, if the request got as far. It may hold anything, line ends included.
    public var path: String?
    /// The header fields of the request, as far as they were read.
    public var requestHeaders: HTTPHeaders
    /// The status; `nil` if the connection broke before there was one.
    public var status: HTTPStatus?
    /// The server's own refusal of a request that no handler has seen, or of which the answer could not be kept.
    public var refusal: HTTPProblem?
    /// The whole answer was handed to the kernel; otherwise the connection was cut before.
    public var isComplete: Bool
    /// Bytes of the request: its head and its body, as sent.
    public var bytesReceived: Int
    /// Bytes of the answer: its head and its body.
    public var bytesSent: Int
    /// From the request's first byte to the answer's last.
    public var duration: Duration
    /// From the request's last byte to when there was an answer, or no more need of one; zero if there was one at once.
    public var handlingDuration: Duration
    /// From when there was an answer to its last byte.
    public var sendDuration: Duration
    /// What the handler's response says for the log only.
    public var metadata: Logger.Metadata
    /// What the handler's response carried along.
    public var attachment: (any Sendable)?

    /// The facts as they are.
    public init(
        id: String, peer: SocketAddress, method: HTTPMethod?, path: String?, requestHeaders: HTTPHeaders,
        status: HTTPStatus?, refusal: HTTPProblem?, isComplete: Bool, bytesReceived: Int, bytesSent: Int,
        duration: Duration, handlingDuration: Duration = .zero, sendDuration: Duration = .zero,
        metadata: Logger.Metadata = [:], attachment: (any Sendable)? = nil
    ) {
        self.id = id
        self.peer = peer
        self.method = method
        self.path = path
        self.requestHeaders = requestHeaders
        self.status = status
        self.refusal = refusal
        self.isComplete = isComplete
        self.bytesReceived = bytesReceived
        self.bytesSent = bytesSent
        self.duration = duration
        self.handlingDuration = handlingDuration
        self.sendDuration = sendDuration
        self.metadata = metadata
        self.attachment = attachment
    }
}

/// Is told about each request once its answer is out or its connection cut, in the order in which that happens.
///
/// It runs on the server's event loop, so it must be done within microseconds.
public typealias HTTPAnswerHook = @Sendable (HTTPAnswer) -> Void
