/// The life of one connection (RFC 9112 §9): what to do next, given the bytes and the time. No I/O, no clock of its own.
///
/// The owner tells it what happened (`received`, `respond`, `didSend`, `tick`, …) and after each asks `nextStep` what to do.
/// Requests are answered one at a time, which keeps pipelined answers in order (RFC 9112 §9.3.2); while one is worked on,
/// nothing is read, so that a client can't make the server hoard.
struct ConnectionMachine {
    /// What the owner is to do.
    enum Step {
        /// Go on with the transport's handshake; when it is over, call `didHandshake` or `handshakeFailed`.
        case handshake
        /// Work on this request, then call `respond`.
        case handle(HTTPRequest)
        /// Send from `output`, then call `didSend`.
        case send
        /// Read, then call `received` or `receivedEnd`.
        case receive
        /// Close the sending side, then call `didFinishSending`.
        case finishSending
        /// Nothing until something happens.
        case wait
        /// Close the connection and forget it.
        case close
    }

    private enum Phase {
        /// Nothing can be said before the transport's handshake is over, not even that the connection is refused.
        case handshaking(refusal: HTTPProblem?)
        /// No byte of a request has arrived.
        case idle
        case readingHead
        case readingBody(RateFloor)
        case requestReady(HTTPRequest)
        case handling
        case responding(RateFloor, keepsAlive: Bool)
        /// The last answer is out: read and drop until the client closes, lest a reset destroy it (RFC 9112 §9.6).
        case lingering(Linger)
        case closed
    }

    private let limits: HTTPLimits
    private let timeouts: HTTPTimeouts
    private let peer: SocketAddress
    private let inspection: HTTPInspection?

    private var phase = Phase.idle
    private var parser: RequestParser
    /// The request that is worked on or answered, or was refused.
    private var exchange: Exchange?
    /// The exchange before it, until the owner takes it.
    private var finished: Exchange?
    private var ids: RequestIDGenerator
    private var requests = 0
    private var service = Service.running
    private var inputHasEnded = false
    private var hasSentContinue = false
    private var requestBegan: ContinuousClock.Instant
    private var requestBytes = 0

    /// Bytes received after the end of the request that is being answered.
    private var pipelined = PipelinedInput()

    /// What is to be sent.
    private(set) var output = OutputBuffer()
    /// When `tick` is due; `nil` while the time is the handler's.
    private(set) var deadline: ContinuousClock.Instant?

    init(
        limits: HTTPLimits, timeouts: HTTPTimeouts, peer: SocketAddress, ids: RequestIDGenerator, at moment: Moment,
        inspection: HTTPInspection? = nil
    ) {
        self.limits = limits
        self.timeouts = timeouts
        self.peer = peer
        self.inspection = inspection
        self.ids = ids
        parser = RequestParser(limits: limits)
        requestBegan = moment.instant
        deadline = moment.instant + timeouts.firstByte
    }

    /// The transport wants a handshake before the first request: call this at the connection's begin.
    mutating func awaitHandshake(at moment: Moment) {
        phase = .handshaking(refusal: nil)
        deadline = moment.instant + timeouts.handshake
    }

    /// The handshake is over, and the client gets its refusal if there is one already.
    mutating func didHandshake(at moment: Moment, refusing problem: HTTPProblem? = nil) {
        guard case .handshaking(let refusal) = phase else { return }
        phase = .idle
        deadline = moment.instant + timeouts.firstByte
        if let problem = problem ?? refusal { refuse(problem, at: moment) }
    }

    /// The handshake has come to nothing. The client is given time to read the transport's own words about it.
    mutating func handshakeFailed(at moment: Moment) {
        linger(hasBegun: false, at: moment)
    }

    /// A request is being received, worked on or answered.
    var isBusy: Bool {
        switch phase {
        case .handshaking, .idle, .lingering, .closed: false
        case .readingHead, .readingBody, .requestReady, .handling, .responding: true
        }
    }

    /// The handler has the current request.
    var isHandling: Bool {
        if case .handling = phase { true } else { false }
    }

    /// What to do now, given whether reading and sending may get somewhere.
    mutating func nextStep(canReceive: Bool, canSend: Bool) -> Step {
        if canSend, !output.isEmpty { return .send }
        switch phase {
        case .handshaking:
            if service == .stopping, !canReceive { return .close }
            return canReceive ? .handshake : .wait
        case .idle:
            // Bytes that have come before the stop are a request that was accepted: look before closing.
            if service == .stopping, !canReceive { return .close }
            return canReceive ? .receive : .wait
        case .readingHead, .readingBody:
            return canReceive ? .receive : .wait
        case .requestReady(let request):
            phase = .handling
            deadline = nil
            return .handle(request)
        case .handling, .responding:
            return .wait
        case .lingering(let linger):
            guard linger.hasFinishedSending else { return canSend ? .finishSending : .wait }
            return canReceive ? .receive : .wait
        case .closed:
            return .close
        }
    }

    /// Bytes have arrived.
    mutating func received(_ bytes: Span<UInt8>, at moment: Moment) {
        switch phase {
        case .idle, .readingHead, .readingBody:
            let count = parse(bytes, at: moment)
            pipelined.append(bytes.extracting(count...))
        case .lingering(var linger):
            phase = linger.drop(bytes.count) ? .lingering(linger) : .closed
        case .requestReady, .handling, .responding:
            pipelined.append(bytes)
        case .handshaking, .closed:
            break
        }
    }

    /// The client has closed its sending side. It may still read: what it has asked for whole is answered.
    mutating func receivedEnd(at moment: Moment) {
        inputHasEnded = true
        switch phase {
        case .handshaking, .idle, .lingering:
            phase = .closed
        case .readingHead, .readingBody:
            // RFC 9112 §8: an incomplete request may be answered with an error before closing.
            refuse(.malformed("The connection ended before the request did.", code: "incomplete_request"), at: moment)
        case .requestReady, .handling, .responding, .closed:
            break
        }
    }

    /// The connection broke.
    mutating func failed() {
        output.removeAll()
        phase = .closed
    }

    /// The handler's answer.
    mutating func respond(_ response: HTTPResponse, at moment: Moment) {
        guard isHandling, let exchange else { return }
        let keepsAlive =
            exchange.allowsKeepAlive && requests < limits.maxRequestsPerConnection
            && (!pipelined.isEmpty || service == .running && !inputHasEnded)
        send(response, exchange, keepsAlive: keepsAlive, at: moment)
    }

    /// Refuses the request that is being received, or the connection itself, and closes.
    mutating func refuse(_ problem: HTTPProblem, at moment: Moment) {
        if case .handshaking = phase {
            phase = .handshaking(refusal: problem)
            return
        }
        assert(HTTPProblem.statusesBeforeHandlers.contains(problem.status), "\(problem.status) is not listed")
        pipelined.removeAll()
        let headers = parser.headersSoFar
        let exchange = Exchange(
            id: requestID(from: headers), method: parser.method, path: parser.path, headers: headers,
            began: requestBegan, bytesReceived: requestBytes, refusal: problem)
        send(problem.response, exchange, keepsAlive: false, at: moment)
    }

    /// `count` more bytes of `output` are gone.
    mutating func didSend(_ count: Int, at moment: Moment) {
        output.didSend(count)
        exchange?.bytesSent += count
        guard case .responding(var floor, let keepsAlive) = phase else { return }
        guard output.isEmpty else {
            floor.count(count)
            phase = .responding(floor, keepsAlive: keepsAlive)
            return
        }
        finished = exchange
        exchange = nil
        guard keepsAlive else { return linger(hasBegun: finished.map { $0.bytesReceived > 0 } ?? false, at: moment) }
        phase = .idle
        deadline = moment.instant + timeouts.keepAlive
        parsePipelined(at: moment)
    }

    private mutating func linger(hasBegun: Bool, at moment: Moment) {
        let linger = Linger(limits: limits, timeouts: timeouts, hasBegun: hasBegun, from: moment.instant)
        phase = .lingering(linger)
        deadline = linger.deadline
    }

    /// The sending side is closed.
    mutating func didFinishSending() {
        guard case .lingering(var linger) = phase else { return }
        linger.hasFinishedSending = true
        phase = inputHasEnded ? .closed : .lingering(linger)
    }

    /// What became of the request whose answer has just been sent whole; told once.
    mutating func takeFinished(at instant: ContinuousClock.Instant) -> HTTPAnswer? {
        guard let exchange = finished else { return nil }
        finished = nil
        return exchange.summary(peer: peer, isComplete: true, at: instant)
    }

    /// What became of the request that closing the connection now leaves without its answer.
    func unfinished(at instant: ContinuousClock.Instant) -> HTTPAnswer? {
        exchange?.summary(peer: peer, isComplete: false, at: instant)
    }

    /// Whether `tick` is due.
    func isOverdue(at instant: ContinuousClock.Instant) -> Bool {
        deadline.map { $0 <= instant } ?? false
    }

    /// Time has passed.
    mutating func tick(at moment: Moment) {
        guard isOverdue(at: moment.instant) else { return }
        switch phase {
        case .handshaking, .idle:
            phase = .closed
        case .lingering(var linger):
            // A server that is going away waits no longer than it must.
            guard service < .stopping, linger.goesOn(at: moment.instant) else {
                phase = .closed
                return
            }
            phase = .lingering(linger)
            self.deadline = linger.deadline
        case .readingHead:
            refuse(.timeout("The request's header took too long to arrive."), at: moment)
        case .readingBody(var floor):
            guard moment.instant < requestBegan + timeouts.request, floor.nextWindow(from: moment.instant) else {
                refuse(.timeout("The request's body arrived too slowly."), at: moment)
                return
            }
            readOn(floor)
        case .responding(var floor, let keepsAlive):
            guard floor.nextWindow(from: moment.instant) else {
                failed()
                return
            }
            phase = .responding(floor, keepsAlive: keepsAlive)
            self.deadline = floor.deadline
        case .requestReady, .handling, .closed:
            break
        }
    }

    /// The server is going away, as far as `service` says; it does not come back.
    mutating func wind(down service: Service) {
        self.service = max(self.service, service)
    }

    // MARK: - Receiving

    /// - Returns: how many bytes belong to the request being read.
    private mutating func parse(_ bytes: Span<UInt8>, at moment: Moment) -> Int {
        let wasIdle = parser.isIdle
        let wasReadingBody = parser.isReadingBody
        let count: Int
        do {
            count = try parser.consume(bytes)
        } catch {
            if wasIdle { requestBegan = moment.instant }
            requestBytes += bytes.count
            refuse(error, at: moment)
            return bytes.count
        }
        requestBytes += count
        if wasIdle, !parser.isIdle { requestBegan = moment.instant }
        if parser.isComplete {
            complete(at: moment)
        } else if !wasReadingBody, refusesHead(at: moment) {
            return bytes.count
        } else if parser.isReadingBody {
            var floor = rateFloor(from: moment.instant)
            if wasReadingBody, case .readingBody(let current) = phase { floor = current }
            floor.count(count)
            readOn(floor)
            sendContinueIfAwaited()
        } else if !parser.isIdle {
            phase = .readingHead
            deadline = requestBegan + timeouts.header
        }
        return count
    }

    private func rateFloor(from start: ContinuousClock.Instant) -> RateFloor {
        RateFloor(bytesPerSecond: timeouts.minimumRate, window: timeouts.rateWindow, from: start)
    }

    private mutating func readOn(_ floor: RateFloor) {
        phase = .readingBody(floor)
        deadline = min(floor.deadline, requestBegan + timeouts.request)
    }

    /// RFC 9110 §10.1.1: once the header is accepted, and unless the content is coming already.
    private mutating func sendContinueIfAwaited() {
        guard parser.awaitsContinue, !hasSentContinue else { return }
        hasSentContinue = true
        output.append(head: ResponseEncoder.continue)
    }

    private mutating func complete(at moment: Moment) {
        guard let (head, body) = parser.take() else { return }
        requests += 1
        hasSentContinue = false
        let exchange = exchange(for: head)
        self.exchange = exchange
        requestBytes = 0
        phase = .requestReady(request(head, body: body, id: exchange.id, at: moment))
    }

    /// Refuses the request whose body is yet to come, if its head is reason enough. As that body is not read, the connection
    /// closes.
    private mutating func refusesHead(at moment: Moment) -> Bool {
        guard let inspection, let head = parser.acceptedHead else { return false }
        let exchange = exchange(for: head)
        guard let response = inspection(request(head, body: [], id: exchange.id, at: moment)) else { return false }
        send(response, exchange, keepsAlive: false, at: moment)
        return true
    }

    private mutating func exchange(for head: RequestHead) -> Exchange {
        Exchange(
            id: requestID(from: head.headers), method: head.line.method, path: head.line.target.path,
            headers: head.headers, isHTTP10: head.line.isHTTP10, allowsKeepAlive: head.allowsKeepAlive,
            began: requestBegan, bytesReceived: requestBytes)
    }

    private func request(_ head: RequestHead, body: [UInt8], id: String, at moment: Moment) -> HTTPRequest {
        HTTPRequest(
            method: head.line.method, target: head.line.target, headers: head.headers, body: body, peer: peer, id: id,
            receivedAt: moment.instant, receiveDuration: moment.instant - requestBegan)
    }

    private mutating func parsePipelined(at moment: Moment) {
        let input = pipelined
        if !input.isEmpty { pipelined.removeFirst(parse(input.bytes.span.extracting(input.start...), at: moment)) }
        // What was left of the input may have been used up without making a request.
        if inputHasEnded { receivedEnd(at: moment) }
    }

    /// The caller's identifier if it may be echoed, else a new one.
    private mutating func requestID(from headers: HTTPHeaders) -> String {
        guard let sent = headers["X-Request-Id"], RequestIDGenerator.isSane(sent) else { return ids.next() }
        return sent
    }

    // MARK: - Sending

    private mutating func send(
        _ response: HTTPResponse, _ exchange: Exchange, keepsAlive: Bool, at moment: Moment
    ) {
        self.exchange = exchange
        self.exchange?.answer = response.withoutContent
        self.exchange?.answered = moment.instant
        ResponseEncoder.encode(
            response,
            context: ResponseEncoder.Context(
                requestID: exchange.id, date: moment.date, isHead: exchange.method == .head, keepsAlive: keepsAlive,
                isHTTP10: exchange.isHTTP10),
            into: &output)
        let floor = rateFloor(from: moment.instant)
        phase = .responding(floor, keepsAlive: keepsAlive)
        deadline = floor.deadline
    }
}
