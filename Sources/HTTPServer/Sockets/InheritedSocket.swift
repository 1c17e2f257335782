internal import Glibc

/// The listening socket that a service manager has opened for this process: `sd_listen_fds(3)`.
public enum InheritedSocket {
    /// The first descriptor handed over.
    private static let firstDescriptor: Int32 = 3

    /// The descriptor of the socket, if there is one. The variables that tell of it are removed, as children must not take
    /// them for theirs.
    ///
    /// - Throws: if there is more than one.
    public static func take() throws(HTTPServerError) -> Int32? {
        let found = try descriptor(processID: getpid()) { name in getenv(name).map { String(cString: $0) } }
        for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        return found
    }

    static func descriptor(
        processID: Int32, environment: (String) -> String?
    ) throws(HTTPServerError) -> Int32? {
        guard environment("LISTEN_PID").flatMap({ Int32($0) }) == processID,
            let count = environment("LISTEN_FDS").flatMap({ Int($0) }), count > 0
        else { return nil }
        guard count == 1 else { throw .tooManyInheritedSockets(count: count) }
        return firstDescriptor
    }

    /// Takes over a descriptor.
    ///
    /// - Throws: unless it is a stream socket that listens.
    static func adopt(_ descriptor: Int32) throws(HTTPServerError) -> Socket {
        guard option(SO_TYPE, of: descriptor) == Int32(SOCK_STREAM.rawValue),
            option(SO_ACCEPTCONN, of: descriptor) == 1
        else { throw .notAListeningSocket(descriptor: descriptor) }
        let socket = Socket(adopting: descriptor)
        do {
            try socket.configure()
        } catch {
            throw .notAListeningSocket(descriptor: descriptor)
        }
        return socket
    }

    private static func option(_ name: Int32, of descriptor: Int32) -> Int32? {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, name, &value, &length) == 0 ? value : nil
    }
}
