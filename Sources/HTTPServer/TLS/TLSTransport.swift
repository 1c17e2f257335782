internal import CTLS
internal import Glibc

/// TLS over TCP, the server's side (RFC 8446, RFC 5246). Nothing here waits.
///
/// An idle connection takes about 15 KB in TLS 1.3, all told, and 11 KB in 1.2; 20 KB when the client has shown a certificate;
/// and 17 KB more while a record is on its way.
final class TLSTransport: Transport {
    private enum State {
        /// Versions, ciphers and keys are being agreed on.
        case handshaking
        /// Data flows.
        case open
        /// There was no TLS from the first byte on: what is sent goes out as it is.
        case plain
        /// Broken, by this: whatever comes now, anybody may have sent it.
        case failed(TransportError)
        /// Nothing more is sent, as all has been said or as it can't be. What still comes is dropped, not decrypted.
        case over
    }

    private let socket: Socket
    /// For what goes as it is.
    private let plain: PlainTransport
    private let bio: SocketBIO
    private let connection: OpaquePointer
    private var state = State.handshaking
    /// What came after the data that was handed out last.
    private var deferred: TransferResult?

    private(set) var mayHaveMore = false

    /// `nil` when memory is short.
    init?(_ socket: Socket, _ context: TLSContext) {
        guard let connection = context.makeConnection() else { return nil }
        let bio = SocketBIO(socket)
        guard bio.attach(to: connection) else {
            SSL_free(connection)
            return nil
        }
        SSL_set_accept_state(connection)
        bio.helloLimit = ClientHelloLimit()
        self.socket = socket
        plain = PlainTransport(socket)
        self.bio = bio
        self.connection = connection
    }

    deinit {
        // RFC 8446 §6.1: a side says that it closes before it does; here without waiting, and as the last word in any case.
        if case .open = state {
            SSL_shutdown(connection)
            TLSErrorQueue.clear()
        }
        SSL_free(connection)
    }

    var needsHandshake: Bool { true }

    func handshake() -> TransferResult {
        bio.allowance = Self.receivedAtOnce
        TLSErrorQueue.clear()
        let status = SSL_do_handshake(connection)
        guard status == 1 else { return outcome(of: status) }
        state = .open
        bio.helloLimit = nil
        // In TLS 1.3 the client has the last word. Its kernel may hold the request back until that is acknowledged (Nagle), and
        // ours would wait for something to send along.
        try? socket.set(TCP_QUICKACK, at: Int32(IPPROTO_TCP), to: 1)
        return .moved(0)
    }

    // MARK: - Receiving

    func receive(into buffer: inout [UInt8]) -> TransferResult {
        switch state {
        case .open: mayHaveMore = false
        case .failed(let failure):
            mayHaveMore = false
            return .failed(failure)
        case .handshaking, .plain, .over: return drop(into: &buffer)
        }
        if let deferred {
            self.deferred = nil
            return deferred
        }
        bio.allowance = Self.receivedAtOnce
        // A record at a time is what OpenSSL hands out.
        var count = 0
        while count < buffer.count {
            var received = 0
            TLSErrorQueue.clear()
            let status = buffer.withUnsafeMutableBytes {
                SSL_read_ex(connection, $0.baseAddress.map { $0 + count }, $0.count - count, &received)
            }
            count += received
            guard status == 1 else { return finishReceiving(count, before: outcome(of: status)) }
        }
        mayHaveMore = true
        return .moved(count)
    }

    private func finishReceiving(_ count: Int, before next: TransferResult) -> TransferResult {
        guard count > 0 else { return bounded(next) }
        if next == .wantsRead {
            mayHaveMore = bio.allowance == 0
        } else {
            mayHaveMore = true
            deferred = next
        }
        return .moved(count)
    }

    func peek() -> TransferResult {
        guard case .open = state else { return .ended }
        if let deferred { return deferred }
        bio.allowance = Self.receivedAtOnce
        var byte: UInt8 = 0
        var count = 0
        TLSErrorQueue.clear()
        let status = SSL_peek_ex(connection, &byte, 1, &count)
        return status == 1 ? .moved(count) : bounded(outcome(of: status))
    }

    /// No honest client sends so much that carries no data.
    private func bounded(_ result: TransferResult) -> TransferResult {
        guard result == .wantsRead, bio.allowance == 0 else { return result }
        return fail(.tls("too many records without data"))
    }

    private func drop(into buffer: inout [UInt8]) -> TransferResult {
        defer { mayHaveMore = plain.mayHaveMore }
        return plain.receive(into: &buffer)
    }

    // MARK: - Sending

    func send(_ bytes: ArraySlice<UInt8>, hasMore: Bool) -> TransferResult {
        switch state {
        case .open:
            bio.hasMore = hasMore
            defer { bio.hasMore = false }
            var count = 0
            TLSErrorQueue.clear()
            let status = bytes.withUnsafeBytes { SSL_write_ex(connection, $0.baseAddress, $0.count, &count) }
            return status == 1 ? .moved(count) : outcome(of: status)
        case .plain:
            return plain.send(bytes, hasMore: hasMore)
        case .handshaking, .failed, .over:
            return .failed(.tls("the connection is over"))
        }
    }

    /// Sends close_notify (RFC 8446 §6.1) and closes the sending side of the socket.
    func finishSending() -> TransferResult {
        if case .open = state {
            TLSErrorQueue.clear()
            let status = SSL_shutdown(connection)
            // 0: sent, and the peer's own not received yet. Whoever can't be told need not be.
            if status < 0, outcome(of: status) == .wantsWrite { return .wantsWrite }
            TLSErrorQueue.clear()
        }
        state = .over
        return plain.finishSending()
    }

    // MARK: - Outcomes

    /// What to make of a call that did not succeed. After an error of the connection's own, OpenSSL must not be asked again.
    private func outcome(of status: Int32) -> TransferResult {
        switch SSL_get_error(connection, status) {
        case SSL_ERROR_WANT_READ: return .wantsRead
        case SSL_ERROR_WANT_WRITE: return .wantsWrite
        case SSL_ERROR_ZERO_RETURN: return .ended
        default: break
        }
        let error = TLSErrorQueue.take()
        if case .handshaking = state, error?.code == SSL_R_HTTP_REQUEST {
            state = .plain
            return .failed(.isPlainHTTP)
        }
        if bio.hasRefusedHello { return fail(.tls("the ClientHello claims to be longer than any is")) }
        if let error = bio.error { return fail(.system(error)) }
        return fail(.tls(reason(error)))
    }

    /// Without a handshake nothing is taken for a request, and what comes may be dropped; afterwards nothing may pass.
    private func fail(_ error: TransportError) -> TransferResult {
        if case .handshaking = state { state = .over } else { state = .failed(error) }
        return .failed(error)
    }

    private func reason(_ error: (code: Int32, reason: String)?) -> String {
        guard let error else { return "the client has gone" }
        let verification = SSL_get_verify_result(connection)
        guard error.code == SSL_R_CERTIFICATE_VERIFY_FAILED, verification != X509_V_OK else { return error.reason }
        return "\(error.reason): \(String(cString: X509_verify_cert_error_string(verification)))"
    }

    /// As much as fills a few records, and takes a few milliseconds at most.
    private static let receivedAtOnce = 64 * 1024
}
