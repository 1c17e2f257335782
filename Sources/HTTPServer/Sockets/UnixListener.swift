internal import Glibc

/// A socket bound to a path, which goes with it.
final class UnixListener: Sendable {
    let socket: Socket
    private let path: String
    private let device: dev_t
    private let file: ino_t

    /// Listens at `path`, in place of a socket that nobody listens on any more.
    init(path: String, mode: UInt32, backlog: Int) throws(HTTPServerError) {
        let shown = SocketAddress(path: path)
        guard let address = UnixAddress(path: path) else {
            throw .cannotListen(address: shown, reason: "the path is empty or longer than 107 bytes")
        }
        do {
            let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
            let descriptor = try valueOrError { Glibc.socket(AF_UNIX, flags, 0) }
            socket = Socket(adopting: descriptor)
            if let obstacle = try Self.clear(address, path) {
                throw HTTPServerError.cannotListen(address: shown, reason: obstacle)
            }
            // The file is made with these permissions, less the umask: at no time has it more than it should.
            _ = try valueOrError { fchmod(descriptor, mode) }
            _ = try valueOrError { address.withPointer { bind(descriptor, $0, $1) } }
            _ = try valueOrError { chmod(path, mode) }
            var status = stat()
            _ = try valueOrError { lstat(path, &status) }
            device = status.st_dev
            file = status.st_ino
            self.path = path
            _ = try valueOrError { Glibc.listen(descriptor, Int32(clamping: backlog)) }
        } catch let error as SystemError {
            throw .cannotListen(address: shown, reason: error.description)
        } catch let error as HTTPServerError {
            throw error
        } catch {
            throw .cannotListen(address: shown, reason: "\(error)")
        }
    }

    deinit {
        // Another server may have taken the path since.
        var status = stat()
        guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == file else { return }
        unlink(path)
    }

    /// Removes what a server that is gone has left at the path.
    ///
    /// - Returns: why the path can't be had, if it can't.
    private static func clear(_ address: UnixAddress, _ path: String) throws(SystemError) -> String? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        guard status.st_mode & S_IFMT == S_IFSOCK else { return "there is a file there, and it is no socket" }
        let probe = Socket(adopting: try valueOrError { Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) })
        do {
            try probe.configure()
            _ = try valueOrError { address.withPointer { connect(probe.descriptor, $0, $1) } }
            return "a server listens there already"
        } catch {
            // EAGAIN: its queue is full, so that there is a server all the same.
            guard error.number == ECONNREFUSED else { return "there is a socket there that may be in use: \(error)" }
        }
        _ = try valueOrError { unlink(path) }
        return nil
    }
}
