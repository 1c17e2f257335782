internal import Glibc

/// An open socket of any kind, or a descriptor of the kernel's that watches sockets. Every system call on them is in this
/// folder. What is made or accepted for serving is non-blocking and closed on `exec`.
///
/// It is closed when the last reference goes away. A Dispatch source holds one until its cancel handler has run, so that the
/// descriptor's number can't be reused while Dispatch still watches it.
final class Socket: Sendable {
    let descriptor: Int32

    /// Takes over an open descriptor.
    init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        // The number is free again whatever close(2) returns, EINTR included, so that it must not be repeated.
        _ = close(descriptor)
    }

    /// Makes a socket that did not begin so non-blocking and closed on `exec`: `fcntl(2)`.
    func configure() throws(SystemError) {
        let flags = try valueOrError { fcntl(descriptor, F_GETFL) }
        _ = try valueOrError { fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) }
        _ = try valueOrError { fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    }

    /// Sets an integer option: `setsockopt(2)`.
    func set(_ option: Int32, at level: Int32, to value: Int32) throws(SystemError) {
        var value = value
        _ = try valueOrError { setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) }
    }

    /// Receives what is there, at least one byte unless the peer has finished: `recv(2)`.
    func receive(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
        try valueOrError { recv(descriptor, buffer.baseAddress, buffer.count, 0) }
    }

    /// Receives what is there, at least one byte unless the peer has finished: `recv(2)`.
    func receive(into buffer: inout [UInt8]) throws(SystemError) -> Int {
        try valueOrError { buffer.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) } }
    }

    /// Whether there is a byte to receive, which is left where it is; false if nothing will come: `recv(2)` with
    /// `MSG_PEEK`.
    func hasInput() throws(SystemError) -> Bool {
        var byte: UInt8 = 0
        return try valueOrError { recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) } > 0
    }

    /// Sends what there is room for: `send(2)`. A peer that is gone is an error, not a SIGPIPE.
    func send(_ bytes: UnsafeRawBufferPointer, hasMore: Bool) throws(SystemError) -> Int {
        try valueOrError { Glibc.send(descriptor, bytes.baseAddress, bytes.count, Self.flags(hasMore: hasMore)) }
    }

    /// Sends what there is room for: `send(2)`. A peer that is gone is an error, not a SIGPIPE.
    func send(_ bytes: ArraySlice<UInt8>, hasMore: Bool) throws(SystemError) -> Int {
        try valueOrError {
            bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Self.flags(hasMore: hasMore)) }
        }
    }

    private static func flags(hasMore: Bool) -> Int32 {
        Int32(MSG_NOSIGNAL) | (hasMore ? Int32(MSG_MORE) : 0)
    }

    /// Tells the peer that nothing more comes: `shutdown(2)`. A peer that is gone need not be told.
    func finishSending() {
        _ = shutdown(descriptor, Int32(SHUT_WR))
    }
}
