/// What a connection is at, and until when the client may let it wait.
enum ConnectionPhase {
    /// Nothing can be said before the transport's handshake is over, not even that the connection is refused.
    case handshaking(until: ContinuousClock.Instant, refusal: HTTPProblem?)
    /// No byte of a request has arrived.
    case idle(until: ContinuousClock.Instant)
    case readingHead(until: ContinuousClock.Instant)
    case readingBody(TransferClock)
    case requestReady(HTTPRequest)
    case handling
    case responding(TransferClock, keepsAlive: Bool)
    /// The last answer is out: read and drop until the client closes, lest a reset destroy it (RFC 9112 §9.6).
    case lingering(Linger)
    case closed

    /// When the client has been waited for long enough; `nil` while it is not waited for.
    var deadline: ContinuousClock.Instant? {
        switch self {
        case .handshaking(let deadline, _), .idle(let deadline), .readingHead(let deadline): deadline
        case .readingBody(let clock), .responding(let clock, _): clock.deadline
        case .lingering(let linger): linger.deadline
        case .requestReady, .handling, .closed: nil
        }
    }

    /// A request is being received, worked on or answered.
    var isBusy: Bool {
        switch self {
        case .handshaking, .idle, .lingering, .closed: false
        case .readingHead, .readingBody, .requestReady, .handling, .responding: true
        }
    }
}
