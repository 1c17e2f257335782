/// An answer, or the promise of one.
public enum HTTPReply: Sendable {
    /// The answer is at hand: it goes out without a hop to another thread.
    case now(HTTPResponse)
    /// The answer takes work, which runs in a task of its own.
    ///
    /// The task is cancelled when the client goes away, which a closed sending side is taken for; what it then returns is
    /// sent all the same, in case the client still reads.
    case later(@Sendable () async -> HTTPResponse)
}

/// Decides the answer to a request.
///
/// It runs on the server's event loop: what can't answer within microseconds belongs into `HTTPReply.later`.
public typealias HTTPHandler = @Sendable (HTTPRequest) -> HTTPReply

/// Decides whether a request's head alone is reason to refuse it, so that nobody waits for a body that is of no use.
///
/// It is asked, with the body empty, where the body has not arrived with the head; `nil` lets the request go on to the
/// handler, which must refuse for the same reasons. It runs on the server's event loop.
public typealias HTTPInspection = @Sendable (_ head: HTTPRequest) -> HTTPResponse?
