/// How much a client may send. What is over a limit is refused with the status named, and the connection closed.
public struct HTTPLimits: Sendable, Hashable {
    /// Bytes in the request target: 414.
    public var maxTargetBytes = 8 * 1024
    /// Bytes in the header section, line ends included: 431.
    public var maxHeaderBytes = 16 * 1024
    /// Field lines in the header section, and in the trailer section: 431.
    public var maxHeaderCount = 100
    /// Bytes in the body, transfer coding removed: 413, before the body is sent where Content-Length tells.
    public var maxBodyBytes = 20 * 1024 * 1024
    /// Bytes of chunk extensions in one body: 400.
    public var maxChunkExtensionBytes = 4 * 1024
    /// Bytes in the trailer section, line ends included: 431.
    public var maxTrailerBytes = 4 * 1024
    /// Connections open at once. A further one is answered 503 and closed; when more still come, they wait in the kernel.
    public var maxConnections = 10_000
    /// Connections open at once from one address, or one /64 of IPv6; a further one is answered 429 and closed. `nil` is no limit of its own.
    ///
    /// Behind a proxy all connections come from the proxy's address: the limit is its business then.
    public var maxConnectionsPerAddress: Int?
    /// Bytes of bodies and answers that all connections together may hold: bodies that are received or worked on, and answers
    /// until their last byte is gone. Whose body or answer goes beyond is answered 503.
    ///
    /// A connection may hold 16 KiB in any case, and as much as it wants where no other holds anything.
    public var maxBufferedBytes = 512 * 1024 * 1024
    /// Requests that one connection may carry; the last one's answer says `Connection: close`.
    public var maxRequestsPerConnection = 10_000
    /// Bytes read and dropped after a refusal, so that the client gets to read it: by default twice the default of
    /// `maxBodyBytes`.
    ///
    /// Many clients don't look for an answer before they have sent their whole body, and lose it if the connection breaks
    /// until then. Dropping costs less than receiving a body that is allowed.
    public var maxLingerBytes = 40 * 1024 * 1024

    /// The limits given above.
    public init() {}
}
