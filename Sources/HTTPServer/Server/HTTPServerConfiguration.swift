/// Where a server listens and what it puts up with.
public struct HTTPServerConfiguration: Sendable, Hashable {
    /// A host name, an IPv4 or an IPv6 address; `::` means all of both families.
    public var host: String
    /// The port; 0 lets the kernel choose.
    public var port: Int
    /// Whether host and port count, or another socket takes their place.
    public var endpoint = HTTPEndpoint.address
    /// How connections are encrypted; `nil` for plain TCP.
    public var tls: TLSConfiguration?
    /// Connections that the kernel may hold before they are accepted (`listen(2)`).
    public var backlog = 1024
    /// How much a client may send.
    public var limits = HTTPLimits()
    /// How long a client may take.
    public var timeouts = HTTPTimeouts()

    /// A configuration with default limits and timeouts.
    public init(host: String = "127.0.0.1", port: Int = 8080) {
        self.host = host
        self.port = port
    }
}
