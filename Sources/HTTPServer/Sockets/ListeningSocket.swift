internal import CSockets
internal import Glibc

/// A socket that waits for connections.
final class ListeningSocket: Sendable {
    let socket: Socket
    /// Where it listens: with port 0 asked for, what the kernel chose.
    let address: SocketAddress
    /// Whether somebody else holds it too, and hands it to another process after this one: nobody is refused meanwhile.
    let isInherited: Bool
    /// Removes the path of a Unix-domain socket in the end.
    private let path: UnixListener?

    /// Listens where the configuration says.
    convenience init(_ configuration: HTTPServerConfiguration) throws(HTTPServerError) {
        switch configuration.endpoint {
        case .address:
            try self.init(resolving: configuration)
        case .unixSocket(let path, let mode):
            let listener = try UnixListener(path: path, mode: mode, backlog: configuration.backlog)
            self.init(listener.socket, SocketAddress(path: path), path: listener)
        case .inherited(let descriptor):
            let socket = try InheritedSocket.adopt(descriptor)
            let address = ResolvedAddress.local(of: socket)?.address ?? SocketAddress(host: "unknown", port: 0)
            self.init(socket, address, isInherited: true)
        }
    }

    private init(
        _ socket: Socket, _ address: SocketAddress, path: UnixListener? = nil, isInherited: Bool = false
    ) {
        self.socket = socket
        self.address = address
        self.path = path
        self.isInherited = isInherited
    }

    /// Resolves the host and listens on the first of its addresses that works.
    private init(resolving configuration: HTTPServerConfiguration) throws(HTTPServerError) {
        path = nil
        isInherited = false
        let asked = SocketAddress(host: configuration.host, port: configuration.port)
        var failure = SystemError(number: EADDRNOTAVAIL)
        for candidate in try ResolvedAddress.resolve(asked) {
            do {
                socket = try Self.listen(on: candidate, backlog: configuration.backlog)
                address = ResolvedAddress.local(of: socket)?.address ?? asked
                return
            } catch {
                failure = error
            }
        }
        throw .cannotListen(address: asked, reason: failure.description)
    }

    /// The next connection in the queue and its peer: `accept4(2)`. `nil` if none waits.
    func accept() throws(SystemError) -> (Socket, SocketAddress)? {
        var accepted: Int32 = -1
        let peer = ResolvedAddress { storage, length in
            accepted = csockets_accept(socket.descriptor, storage, &length)
            return accepted
        }
        guard accepted >= 0 else {
            let error = SystemError(number: errno)
            if error.wouldBlock { return nil }
            throw error
        }
        let connection = Socket(adopting: accepted)
        guard address.path == nil else { return (connection, SocketAddress(path: "")) }
        try connection.set(TCP_NODELAY, at: Int32(IPPROTO_TCP), to: 1)
        // What a slow reader leaves unsent stays small, and each time it reads a little we see it.
        try connection.set(TCP_NOTSENT_LOWAT, at: Int32(IPPROTO_TCP), to: 64 * 1024)
        return (connection, peer?.address ?? SocketAddress(host: "unknown", port: 0))
    }

    private static func listen(on address: ResolvedAddress, backlog: Int) throws(SystemError) -> Socket {
        let descriptor = try valueOrError { Glibc.socket(address.family, Int32(SOCK_STREAM.rawValue), 0) }
        let socket = Socket(adopting: descriptor)
        try socket.configure()
        // A restart must not wait for the last run's connections to time out.
        try socket.set(SO_REUSEADDR, at: SOL_SOCKET, to: 1)
        // IPv4 comes in at :: too, whatever the system's default is (ipv6(7), bindv6only).
        if address.family == AF_INET6 { try socket.set(IPV6_V6ONLY, at: Int32(IPPROTO_IPV6), to: 0) }
        _ = try valueOrError { address.withPointer { bind(descriptor, $0, $1) } }
        _ = try valueOrError { Glibc.listen(descriptor, Int32(clamping: backlog)) }
        return socket
    }
}
