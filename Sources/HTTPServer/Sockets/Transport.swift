/// How a connection's bytes travel: plain TCP, or TLS, which may have to wait for the socket in either direction, whichever
/// way the data goes.
protocol Transport: AnyObject {
    /// Whether `handshake` comes before all else.
    var needsHandshake: Bool { get }
    /// Agrees with the peer on how to talk; over with `.moved`.
    func handshake() -> TransferResult
    /// Receives into the front of `buffer`.
    func receive(into buffer: inout [UInt8]) -> TransferResult
    /// Whether another `receive` is worth trying before the socket is next reported ready.
    var mayHaveMore: Bool { get }
    /// What `receive` would find, left where it is.
    func peek() -> TransferResult
    /// Sends from the front of `bytes`; `hasMore` if another call follows at once.
    func send(_ bytes: ArraySlice<UInt8>, hasMore: Bool) -> TransferResult
    /// Tells the peer that nothing more will be sent; over with `.moved`. What is received from then on is good only to be
    /// dropped.
    func finishSending() -> TransferResult
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
    case failed(TransportError)
}

/// Why a connection is of no more use.
enum TransportError: Error, Hashable, CustomStringConvertible {
    /// A system call failed.
    case system(SystemError)
    /// TLS can't go on, in OpenSSL's words.
    case tls(String)
    /// The client speaks HTTP where TLS is spoken; from now on the transport sends what it is given as it is.
    case isPlainHTTP

    /// The reason.
    var description: String {
        switch self {
        case .system(let error): error.description
        case .tls(let reason): reason
        case .isPlainHTTP: "the client does not speak TLS"
        }
    }
}
