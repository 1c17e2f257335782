/// The request that is being received: the parser, and what clocks and log will want to know.
struct RequestReception {
    private(set) var parser: RequestParser
    /// When the first byte arrived.
    private(set) var began: ContinuousClock.Instant

    private var ids: RequestIDGenerator
    private var bytes = 0

    init(limits: HTTPLimits, ids: RequestIDGenerator, at moment: Moment) {
        self.ids = ids
        parser = RequestParser(limits: limits)
        began = moment.instant
    }

    /// - Returns: how many bytes belong to the request.
    /// - Throws: the refusal of what is malformed or too large.
    mutating func consume(_ input: Span<UInt8>, at moment: Moment) throws(HTTPProblem) -> Int {
        let wasIdle = parser.isIdle
        do {
            let count = try parser.consume(input)
            bytes += count
            if wasIdle, !parser.isIdle { began = moment.instant }
            return count
        } catch {
            bytes += input.count
            if wasIdle { began = moment.instant }
            throw error
        }
    }

    /// The request, if it has come whole. What comes from now on belongs to the next.
    mutating func take(from peer: SocketAddress, at moment: Moment) -> (request: HTTPRequest, exchange: Exchange)? {
        guard let (head, body) = parser.take() else { return nil }
        defer { bytes = 0 }
        return make(head, body: body, from: peer, at: moment)
    }

    /// The request without its body, if that is yet to come.
    mutating func head(from peer: SocketAddress, at moment: Moment) -> (request: HTTPRequest, exchange: Exchange)? {
        parser.acceptedHead.map { make($0, body: [], from: peer, at: moment) }
    }

    /// What is known of a request that is refused.
    mutating func exchange(refusing problem: HTTPProblem, at moment: Moment) -> Exchange {
        let headers = parser.headersSoFar
        return Exchange(
            id: id(from: headers), method: parser.method, path: parser.path, headers: headers, began: began,
            received: moment.instant, bytesReceived: bytes, refusal: problem)
    }

    /// Nothing more will be received: lets go of what has come of a body.
    mutating func end() {
        parser.reset()
    }

    private mutating func make(
        _ head: RequestHead, body: [UInt8], from peer: SocketAddress, at moment: Moment
    ) -> (HTTPRequest, Exchange) {
        let exchange = Exchange(
            id: id(from: head.headers), method: head.line.method, path: head.line.target.path, headers: head.headers,
            isHTTP10: head.line.isHTTP10, allowsKeepAlive: head.allowsKeepAlive, began: began, received: moment.instant,
            bytesReceived: bytes)
        let request = HTTPRequest(
            method: head.line.method, target: head.line.target, headers: head.headers, body: body, peer: peer,
            id: exchange.id, receivedAt: moment.instant, receiveDuration: moment.instant - began)
        return (request, exchange)
    }

    /// The caller's identifier if it may be echoed, else a new one.
    private mutating func id(from headers: HTTPHeaders) -> String {
        guard let sent = headers["X-Request-Id"], RequestIDGenerator.isSane(sent) else { return ids.next() }
        return sent
    }
}
