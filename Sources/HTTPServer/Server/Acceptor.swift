/// The listening socket and the source that watches it.
struct Acceptor {
    let socket: ListeningSocket
    let readiness: Readiness
}
