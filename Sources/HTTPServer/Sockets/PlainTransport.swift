/// TCP without TLS.
final class PlainTransport: Transport {
    private let socket: Socket

    /// A buffer that came back partly filled has emptied the socket (epoll(7), question 9).
    private(set) var mayHaveMore = false

    init(_ socket: Socket) {
        self.socket = socket
    }

    var needsHandshake: Bool { false }

    func handshake() -> TransferResult { .moved(0) }

    func receive(into buffer: inout [UInt8]) -> TransferResult {
        mayHaveMore = false
        do {
            let count = try socket.receive(into: &buffer)
            mayHaveMore = count == buffer.count
            return count == 0 ? .ended : .moved(count)
        } catch {
            return error.wouldBlock ? .wantsRead : .failed(.system(error))
        }
    }

    func peek() -> TransferResult {
        do {
            return try socket.hasInput() ? .moved(1) : .ended
        } catch {
            return error.wouldBlock ? .wantsRead : .failed(.system(error))
        }
    }

    func send(_ bytes: ArraySlice<UInt8>, hasMore: Bool) -> TransferResult {
        do {
            return .moved(try socket.send(bytes, hasMore: hasMore))
        } catch {
            return error.wouldBlock ? .wantsWrite : .failed(.system(error))
        }
    }

    func finishSending() -> TransferResult {
        socket.finishSending()
        return .moved(0)
    }
}
