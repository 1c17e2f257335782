internal import CTLS

/// Lets OpenSSL read from and write to a `Socket`, as a "BIO" of our own.
///
/// OpenSSL's socket BIO calls write(2), and so a peer that is gone would end the process with SIGPIPE wherever the program does
/// not ignore that. Its memory BIO would copy all bytes once more, and keep its memory for as long as the connection is idle.
final class SocketBIO {
    /// What went wrong with the socket itself.
    private(set) var error: SystemError?
    /// How many more bytes may be received before OpenSSL is told that there are no more for now.
    ///
    /// OpenSSL deals by itself with records that carry no data, one after the other for as long as they come: without a limit
    /// a client could hold the event loop with nothing but them.
    var allowance = 0
    /// More bytes will be sent at once.
    var hasMore = false

    /// What a client may claim; nil where nothing is looked at.
    var helloLimit: ClientHelloLimit?
    /// The client has claimed more.
    private(set) var hasRefusedHello = false

    private let socket: Socket
    private var hasEnded = false

    init(_ socket: Socket) {
        self.socket = socket
    }

    /// Makes `connection`, an `SSL`, use the socket. This object must outlive it.
    ///
    /// - Returns: false when memory is short.
    func attach(to connection: OpaquePointer) -> Bool {
        guard let method = Self.method, let bio = BIO_new(method) else { return false }
        BIO_set_data(bio, Unmanaged.passUnretained(self).toOpaque())
        BIO_set_init(bio, 1)
        // One reference for both directions, which the connection takes over.
        SSL_set_bio(connection, bio, bio)
        return true
    }

    private func receive(into buffer: UnsafeMutableRawBufferPointer, for bio: OpaquePointer) -> Int {
        ctls_bio_clear_retry(bio)
        guard allowance > 0 else {
            ctls_bio_retry_read(bio)
            return 0
        }
        do {
            let count = try socket.receive(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(allowance)))
            if count == 0 { hasEnded = true }
            allowance -= count
            guard helloLimit?.accepts(UnsafeRawBufferPointer(rebasing: buffer.prefix(count))) ?? true else {
                hasRefusedHello = true
                return 0
            }
            return count
        } catch {
            if error.wouldBlock { ctls_bio_retry_read(bio) } else { self.error = error }
            return 0
        }
    }

    private func send(_ bytes: UnsafeRawBufferPointer, for bio: OpaquePointer) -> Int {
        ctls_bio_clear_retry(bio)
        do {
            helloLimit?.answered(with: bytes)
            return try socket.send(bytes, hasMore: hasMore)
        } catch {
            if error.wouldBlock { ctls_bio_retry_write(bio) } else { self.error = error }
            return 0
        }
    }

    // MARK: - What OpenSSL calls

    /// Made once, and only read by OpenSSL from then on.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        let type = BIO_get_new_index() | BIO_TYPE_SOURCE_SINK
        guard let method = BIO_meth_new(type, "clipseg socket") else { return nil }
        BIO_meth_set_read_ex(method) { bio, bytes, count, received in
            guard let bio, let received, let socket = SocketBIO.attached(to: bio) else { return 0 }
            received.pointee = socket.receive(into: UnsafeMutableRawBufferPointer(start: bytes, count: count), for: bio)
            return received.pointee > 0 ? 1 : 0
        }
        BIO_meth_set_write_ex(method) { bio, bytes, count, sent in
            guard let bio, let sent, let socket = SocketBIO.attached(to: bio) else { return 0 }
            sent.pointee = socket.send(UnsafeRawBufferPointer(start: bytes, count: count), for: bio)
            return sent.pointee > 0 ? 1 : 0
        }
        BIO_meth_set_ctrl(method) { bio, command, _, _ in
            switch command {
            case BIO_CTRL_FLUSH: 1
            case BIO_CTRL_EOF: bio.flatMap { SocketBIO.attached(to: $0) }?.hasEnded == true ? 1 : 0
            default: 0
            }
        }
        return method
    }()

    private static func attached(to bio: OpaquePointer) -> SocketBIO? {
        BIO_get_data(bio).map { Unmanaged<SocketBIO>.fromOpaque($0).takeUnretainedValue() }
    }
}
