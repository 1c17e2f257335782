internal import Glibc

/// Tells a service manager, such as systemd, how the process is doing: `sd_notify(3)`.
public enum ServiceManager {
    /// What there is to tell.
    public enum State: String, Sendable {
        /// Requests are welcome.
        case ready = "READY=1"
        /// The process is about to end.
        case stopping = "STOPPING=1"
    }

    /// Tells the manager that `NOTIFY_SOCKET` names; without one, nobody.
    public static func notify(_ state: State) {
        guard let name = getenv("NOTIFY_SOCKET").map({ String(cString: $0) }) else { return }
        notify(state, at: name)
    }

    /// - Parameter name: A path or, with `@` in front, an abstract name.
    static func notify(_ state: State, at name: String) {
        var bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        guard bytes.first == 0 || bytes.first == UInt8(ascii: "/"), let address = UnixAddress(bytes) else { return }
        let type = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard let descriptor = try? valueOrError({ Glibc.socket(AF_UNIX, type, 0) }) else { return }
        let socket = Socket(adopting: descriptor)
        let message = Array(state.rawValue.utf8)
        // The manager's business if it does not listen; one that is only slow should still hear of it.
        var patience = timeval(tv_sec: 1, tv_usec: 0)
        setsockopt(socket.descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        _ = address.withPointer { pointer, length in
            sendto(socket.descriptor, message, message.count, Int32(MSG_NOSIGNAL), pointer, length)
        }
    }
}
