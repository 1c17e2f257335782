/// Why a server could not start.
public enum HTTPServerError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The host is neither an address nor a name that resolves.
    case cannotResolve(host: String, reason: String)
    /// The kernel refused to listen there.
    case cannotListen(address: SocketAddress, reason: String)
    /// What was inherited as a listening socket is none.
    case notAListeningSocket(descriptor: Int32)
    /// More than one listening socket was inherited.
    case tooManyInheritedSockets(count: Int)
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
            address.path == nil
                ? "cannot listen on \(address): \(reason). Choose another host or port, or stop what is using it"
                : "cannot listen on \(address): \(reason). Choose another path, or remove what is there"
        case .notAListeningSocket(let descriptor):
            "descriptor \(descriptor) is no listening stream socket: check the service manager's socket unit"
        case .tooManyInheritedSockets(let count):
            "\(count) sockets were handed over, but the server listens on one: leave one in the socket unit"
        case .tls(let error):
            error.description
        case .alreadyStarted:
            "the server has been started already; make a new one instead"
        }
    }
}
