/// One end of a connection: of TCP or, if there is a path, of a Unix-domain socket.
public struct SocketAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IPv4 or IPv6 address in numbers, or a host name that is yet to be resolved.
    public var host: String
    /// The TCP port.
    public var port: Int
    /// The path of a Unix-domain socket; empty for a peer, which has none.
    public var path: String?

    /// An address of the given host and port.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// The address of a Unix-domain socket.
    public init(path: String) {
        self.init(host: "localhost", port: 0)
        self.path = path
    }

    /// `host:port`, an IPv6 address in brackets, or `unix:path`.
    public var description: String {
        if let path { return "unix:\(path)" }
        return host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
