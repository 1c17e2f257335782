/// How long a client may take. Each clock is checked every tenth of a second.
public struct HTTPTimeouts: Sendable, Hashable {
    /// From the connection's begin to the end of the TLS handshake, where there is one; then it is closed without a word.
    public var handshake: Duration = .seconds(10)
    /// From the connection's begin, or the handshake's end, to the first byte; then it is closed without a word.
    public var firstByte: Duration = .seconds(30)
    /// From a request's first byte to the end of its header section; then 408.
    public var header: Duration = .seconds(10)
    /// From a request's first byte to its last, however steadily it arrives; then 408. So long, too, may a client go on
    /// sending what has been refused.
    public var receive: Duration = .seconds(300)
    /// From an answer to its last byte, however steadily it is read, and a second more for each 64 KiB of it; then the
    /// connection is cut.
    public var send: Duration = .seconds(300)
    /// Between an answer and the next request; then the connection is closed without a word.
    public var idle: Duration = .seconds(60)
    /// The span over which `minimumRate` is measured.
    public var rateWindow: Duration = .seconds(20)
    /// Bytes a second, averaged over each `rateWindow`, below which a client that sends a body is answered 408 and one that
    /// reads an answer is cut.
    public var minimumRate = 512
    /// How long a closing connection waits for the client to read the last answer and close its side. It waits on for one
    /// that has begun a request and goes on sending at `minimumRate`.
    public var linger: Duration = .seconds(2)

    /// Bytes a second at which an answer may be read whatever its length.
    static let unhurriedRate = 64 * 1024

    /// The timeouts given above.
    public init() {}
}
