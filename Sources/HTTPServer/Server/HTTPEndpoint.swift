/// What kind of socket a server listens on.
public enum HTTPEndpoint: Sendable, Hashable {
    /// TCP, at the configuration's host and port.
    case address
    /// A Unix-domain socket at a path, with the permissions `mode`. A socket that nobody listens on any more is replaced;
    /// anything else at the path is an error.
    case unixSocket(path: String, mode: UInt32)
    /// A listening socket that the process was started with.
    case inherited(descriptor: Int32)

    /// Whether another process holds the socket too.
    public var isInherited: Bool {
        if case .inherited = self { true } else { false }
    }
}
