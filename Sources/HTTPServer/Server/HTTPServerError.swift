/// Why a server could not start.
public enum HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The host is neither an address nor a name that resolves.
    case cannotResolve(host: String, reason: String)
    /// The kernel refused to listen there.
    case cannotListen(address: SocketAddress, reason: String)
    /// The certificate, its key or the client authorities are of no use.
    case tls(TLSError)
    /// `start` was called a second time.
    case alreadyStarted

    /// What went wrong and what to do.
    public var description: String {
        switch self {
        case .cannotResolve(let host, let reason):
            "cannot listen on host \(host): \(reason). Give an address of this machine, such as 127.0.0.1 or ::"
        case .cannotListen(let address, let reason):
            "cannot listen on \(address): \(reason). Choose another host or port, or stop what is using it"
        case .tls(let error):
            error.description
        case .alreadyStarted:
            "the server has been started already; make a new one instead"
        }
    }
}
