/// How a connection's bytes travel. Plain TCP today; TLS fits behind the same three verbs, since it too may have to wait
/// for the socket in either direction, whichever way the data goes.
protocol Transport: AnyObject {
    /// Receives into the front of `buffer`.
    func receive(into buffer: inout [UInt8]) -> TransferResult
    /// Whether another `receive` is worth trying before the socket is next reported ready.
    var mayHaveMore: Bool { get }
    /// Sends from the front of `bytes`; `hasMore` if another call follows at once.
    func send(_ bytes: ArraySlice<UInt8>, hasMore: Bool) -> TransferResult
    /// Tells the peer that nothing more will be sent.
    func finishSending()
    /// Whether nothing is left to receive and nothing will come.
    var isAtEnd: Bool { get }
}

/// What came of a transfer.
enum TransferResult: Equatable {
    /// So many bytes were moved.
    case moved(Int)
    /// Try again when the socket can be read.
    case wantsRead
    /// Try again when the socket can be written.
    case wantsWrite
    /// The peer has finished sending.
    case ended
    /// The connection is of no more use.
    case failed(SystemError)
}

/// TCP without TLS.
final class PlainTransport: Transport {
    private let socket: Socket

    /// A buffer that came back partly filled has emptied the socket (epoll(7), question 9).
    private(set) var mayHaveMore = false

    init(_ socket: Socket) {
        self.socket = socket
    }

    func receive(into buffer: inout [UInt8]) -> TransferResult {
        mayHaveMore = false
        do {
            let count = try socket.receive(into: &buffer)
            mayHaveMore = count == buffer.count
            return count == 0 ? .ended : .moved(count)
        } catch {
            return error.wouldBlock ? .wantsRead : .failed(error)
        }
    }

    func send(_ bytes: ArraySlice<UInt8>, hasMore: Bool) -> TransferResult {
        do {
            return .moved(try socket.send(bytes, hasMore: hasMore))
        } catch {
            return error.wouldBlock ? .wantsWrite : .failed(error)
        }
    }

    func finishSending() { socket.finishSending() }

    var isAtEnd: Bool { socket.isAtEnd }
}
