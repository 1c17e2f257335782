/// The listening socket and the source that watches it.
struct Acceptor {
    let socket: ListeningSocket
    let readiness: Readiness
    /// The log has been told that no connections are accepted, and none has been since.
    var hasWarned = false
}
