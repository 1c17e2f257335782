internal import Logging

/// Takes connections from the listening socket, as long as it listens and there is room for them.
struct Acceptor {
    enum State {
        case listening
        /// There can't be more connections for now. As trying again at once would only spin, it waits for `resume`.
        case paused
        /// The socket does not listen any more. As it stays ready for ever, it must not even be watched: let go of this.
        case lost
    }

    /// Under which the listening socket's readiness is reported; connections count from 1.
    static let token: UInt64 = 0

    private(set) var state = State.listening

    private let socket: ListeningSocket
    private let readiness: Readiness
    private let maxConnections: Int
    private let logger: Logger
    /// The log has been told that no connections are accepted, and none has been since.
    private var hasWarned = false

    /// - Throws: if the kernel has no memory to watch the socket with.
    init(
        _ socket: ListeningSocket, in sockets: ReadinessSet, maxConnections: Int, logger: Logger
    ) throws(SystemError) {
        self.socket = socket
        self.maxConnections = maxConnections
        self.logger = logger
        readiness = try Readiness(of: socket.socket, in: sockets, token: Self.token)
    }

    /// Whether the listening socket outlives this process.
    var isInherited: Bool { socket.isInherited }

    /// The next connection that waits, and its peer. `nil` if there is none, or, as `state` then tells, can't be.
    ///
    /// - Parameter count: How many connections are open.
    mutating func next(besides count: Int) -> (Socket, SocketAddress)? {
        guard count - Self.refusedConnections < maxConnections else {
            pause("too many connections")
            return nil
        }
        do {
            guard let connection = try socket.accept() else { return nil }
            hasWarned = false
            return connection
        } catch {
            // A connection that broke while it waited is passed over; the next will be reported.
            if error.isOfListener {
                giveUp(error)
            } else if !error.isOfOneConnection {
                // Descriptors or memory have run out, most likely.
                pause(error.description)
            }
            return nil
        }
    }

    /// Takes no more connections until `resume`.
    mutating func pause(_ reason: String) {
        state = .paused
        readiness.stopAwaitingReadable()
        if !hasWarned { logger.warning("not accepting connections for now", metadata: ["reason": "\(reason)"]) }
        hasWarned = true
    }

    /// There may be room again.
    mutating func resume() {
        guard state == .paused else { return }
        state = .listening
        readiness.awaitReadable()
    }

    private mutating func giveUp(_ error: SystemError) {
        state = .lost
        logger.critical(
            "the listening socket is of no use any more: restart to accept connections again",
            metadata: ["reason": "\(error)"])
    }

    /// All that wait in the kernel's queue, which was asked to hold `backlog`: they would be reset with the listening socket.
    func queue(holding backlog: Int) -> AnyIterator<(Socket, SocketAddress)> {
        // It holds one more than it was asked to (listen(2)). Whoever comes after those has come too late.
        var places = (0...max(0, backlog)).makeIterator()
        return AnyIterator { [socket] in
            while places.next() != nil {
                do throws(SystemError) {
                    return try socket.accept()
                } catch {
                    // One that broke while it waited is passed over.
                    guard error.isOfOneConnection else { return nil }
                }
            }
            return nil
        }
    }

    /// Connections over the limit that may be open only to be told so.
    private static let refusedConnections = 64
}
