/// A request and its answer: what the answer depends on of the request, and what the log will want to know of both.
struct Exchange {
    let id: String
    let method: HTTPMethod?
    let path: String?
    let headers: HTTPHeaders
    var isHTTP10 = false
    var allowsKeepAlive = false
    /// When the request's first byte arrived.
    let began: ContinuousClock.Instant
    /// When it was there, or as much of it as was looked at.
    let received: ContinuousClock.Instant
    let bytesReceived: Int
    var refusal: HTTPProblem?
    /// The answer, once there is one, without its body.
    var answer: HTTPResponse?
    /// When there was one.
    var answered: ContinuousClock.Instant?
    var bytesSent = 0

    /// What the log is told at the given time.
    func summary(peer: SocketAddress, isComplete: Bool, at instant: ContinuousClock.Instant) -> HTTPAnswer {
        HTTPAnswer(
            id: id, peer: peer, method: method, path: path, requestHeaders: headers, status: answer?.status,
            refusal: refusal, isComplete: isComplete, bytesReceived: bytesReceived, bytesSent: bytesSent,
            duration: began.duration(to: instant), handlingDuration: received.duration(to: answered ?? instant),
            sendDuration: answered?.duration(to: instant) ?? .zero, metadata: answer?.logMetadata ?? [:],
            attachment: answer?.attachment)
    }
}
