/// The listening socket and what watches it.
struct Acceptor {
    /// Under which the listening socket's readiness is reported; connections count from 1.
    static let token: UInt64 = 0

    let socket: ListeningSocket
    let readiness: Readiness
    /// The log has been told that no connections are accepted, and none has been since.
    var hasWarned = false
}
