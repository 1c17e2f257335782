internal import CSockets

/// Watches one socket of a `ReadinessSet`, as far as its news is awaited.
///
/// Reports are level-triggered: what nobody wants to know yet would be reported again and again, so it must not be awaited.
/// The socket leaves the set with this object.
final class Readiness {
    private let socket: Socket
    private let set: ReadinessSet
    private let token: UInt64
    private var awaited: ReadinessSet.Directions = .read

    /// Reports under `token` whenever the socket can be read.
    ///
    /// - Throws: if the kernel has no memory for it.
    init(of socket: Socket, in set: ReadinessSet, token: UInt64) throws(SystemError) {
        self.socket = socket
        self.set = set
        self.token = token
        _ = try valueOrError { csockets_add(set.descriptor, socket.descriptor, awaited.rawValue, token) }
    }

    deinit {
        _ = csockets_remove(set.descriptor, socket.descriptor)
    }

    /// Reports whenever the socket can be read.
    func awaitReadable() { change(to: awaited.union(.read)) }

    func stopAwaitingReadable() { change(to: awaited.subtracting(.read)) }

    /// Reports whenever the socket can be written.
    func awaitWritable() { change(to: awaited.union(.write)) }

    func stopAwaitingWritable() { change(to: awaited.subtracting(.write)) }

    private func change(to directions: ReadinessSet.Directions) {
        guard directions != awaited else { return }
        awaited = directions
        // With a socket that is in the set, changing can't fail: epoll_ctl(2).
        _ = csockets_change(set.descriptor, socket.descriptor, directions.rawValue, token)
    }
}
