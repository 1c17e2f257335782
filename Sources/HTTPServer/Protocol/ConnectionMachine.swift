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

    private let limits: HTTPLimits
    private let timeouts: HTTPTimeouts
    private let peer: SocketAddress
    private let inspection: HTTPInspection?

    private var phase: ConnectionPhase
    private var reception: RequestReception
    /// The request that is worked on or answered, or was refused.
    private var exchange: Exchange?
    /// The exchange before it, until the owner takes it.
    private var finished: Exchange?
    private var requests = 0
    private var service = Service.running
    private var inputHasEnded = false
    private var hasSentContinue = false
    /// The body of the request that is ready.
    private var readyBytes = 0
    /// When the client is no longer waited for if it does not begin a request.
    private var idleDeadline: ContinuousClock.Instant

    /// Bytes received after the end of the request that is being answered.
    private var pipelined = PipelinedInput()

    /// What is to be sent.
    private(set) var output = OutputBuffer()

    init(
        limits: HTTPLimits, timeouts: HTTPTimeouts, peer: SocketAddress, ids: RequestIDGenerator, at moment: Moment,
        inspection: HTTPInspection? = nil
    ) {
        self.limits = limits
        self.timeouts = timeouts
        self.peer = peer
        self.inspection = inspection
        reception = RequestReception(limits: limits, ids: ids, at: moment)
        idleDeadline = moment.instant + timeouts.firstByte
        phase = .idle(until: idleDeadline)
    }

    /// The transport wants a handshake before the first request: call this at the connection's begin.
    mutating func awaitHandshake(at moment: Moment) {
        phase = .handshaking(until: moment.instant + timeouts.handshake, refusal: nil)
    }

    /// The handshake is over, and the client gets its refusal if there is one already.
    mutating func didHandshake(at moment: Moment, refusing problem: HTTPProblem? = nil) {
        guard case .handshaking(_, let refusal) = phase else { return }
        awaitRequest(until: moment.instant + timeouts.firstByte)
        if let problem = problem ?? refusal { refuse(problem, at: moment) }
    }

    /// The handshake has come to nothing. The client is given time to read the transport's own words about it.
    mutating func handshakeFailed(at moment: Moment) {
        linger(hasBegun: false, at: moment)
    }

    /// A request is being received, worked on or answered.
    var isBusy: Bool { phase.isBusy }

    /// The handler has the current request.
    var isHandling: Bool {
        if case .handling = phase { true } else { false }
    }

    /// What is kept here of bodies and answers, which together have a bound.
    ///
    /// Mutating, as each request asks for it several times: to read a property of a machine in a class may copy it.
    var heldBytes: Int {
        mutating get { reception.parser.bodyBytes + readyBytes + pipelined.bytes.count + output.heldBytes }
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
            readyBytes = 0
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
    ///
    /// - Parameter allowance: How much may be kept here; a body that goes beyond is refused.
    mutating func received(_ bytes: Span<UInt8>, at moment: Moment, allowance: Int = .max) {
        switch phase {
        case .idle, .readingHead, .readingBody:
            let count = parse(bytes, at: moment)
            pipelined.append(bytes.extracting(count...))
            if heldBytes > allowance { refuseBody(at: moment) }
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
    ///
    /// - Parameter allowance: How much may be kept here; in place of an answer that goes beyond, the client gets a refusal.
    mutating func respond(_ response: HTTPResponse, at moment: Moment, allowance: Int = .max) {
        guard isHandling, var exchange else { return }
        let keepsAlive =
            exchange.allowsKeepAlive && requests < limits.maxRequestsPerConnection
            && (!pipelined.isEmpty || service == .running && !inputHasEnded)
        var response = response
        if !response.sharesBody, heldBytes + response.body.count > allowance {
            exchange.refusal = .bufferFull
            response = HTTPProblem.bufferFull.response
        }
        send(response, exchange, keepsAlive: keepsAlive, at: moment)
    }

    /// Refuses the request that is being received, or the connection itself, and closes.
    mutating func refuse(_ problem: HTTPProblem, at moment: Moment) {
        if case .handshaking(let deadline, _) = phase {
            phase = .handshaking(until: deadline, refusal: problem)
            return
        }
        assert(HTTPProblem.statusesBeforeHandlers.contains(problem.status), "\(problem.status) is not listed")
        send(problem.response, reception.exchange(refusing: problem, at: moment), keepsAlive: false, at: moment)
    }

    /// Refuses the body that is being received, or the request that it has just completed.
    private mutating func refuseBody(at moment: Moment) {
        switch phase {
        case .readingBody:
            refuse(.bufferFull, at: moment)
        case .requestReady:
            guard var exchange else { return }
            exchange.refusal = .bufferFull
            readyBytes = 0
            send(HTTPProblem.bufferFull.response, exchange, keepsAlive: false, at: moment)
        case .handshaking, .idle, .readingHead, .handling, .responding, .lingering, .closed:
            break
        }
    }

    /// `count` more bytes of `output` are gone.
    mutating func didSend(_ count: Int, at moment: Moment) {
        output.didSend(count)
        exchange?.bytesSent += count
        guard case .responding(var clock, let keepsAlive) = phase else { return }
        guard output.isEmpty else {
            clock.count(count)
            phase = .responding(clock, keepsAlive: keepsAlive)
            return
        }
        finished = exchange
        exchange = nil
        guard keepsAlive else { return linger(hasBegun: finished.map { $0.bytesReceived > 0 } ?? false, at: moment) }
        awaitRequest(until: moment.instant + timeouts.idle)
        parsePipelined(at: moment)
    }

    private mutating func linger(hasBegun: Bool, at moment: Moment) {
        phase = .lingering(Linger(limits: limits, timeouts: timeouts, hasBegun: hasBegun, from: moment.instant))
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

    /// When `tick` is due; `nil` while the time is not the client's.
    var deadline: ContinuousClock.Instant? { phase.deadline }

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
            let goesOn = service < .stopping && linger.goesOn(at: moment.instant)
            phase = goesOn ? .lingering(linger) : .closed
        case .readingHead:
            refuse(.timeout("The request's header took too long to arrive."), at: moment)
        case .readingBody(var clock):
            guard clock.goesOn(at: moment.instant) else {
                return refuse(.timeout("The request's body arrived too slowly."), at: moment)
            }
            phase = .readingBody(clock)
        case .responding(var clock, let keepsAlive):
            guard clock.goesOn(at: moment.instant) else { return failed() }
            phase = .responding(clock, keepsAlive: keepsAlive)
        case .requestReady, .handling, .closed:
            break
        }
    }

    /// The server is going away, as far as `service` says; it does not come back.
    mutating func wind(down service: Service) {
        self.service = max(self.service, service)
    }

    // MARK: - Receiving

    private mutating func awaitRequest(until deadline: ContinuousClock.Instant) {
        phase = .idle(until: deadline)
        idleDeadline = deadline
    }

    /// - Returns: how many bytes belong to the request being read.
    private mutating func parse(_ bytes: Span<UInt8>, at moment: Moment) -> Int {
        let wasReadingBody = reception.parser.isReadingBody
        let count: Int
        do {
            count = try reception.consume(bytes, at: moment)
        } catch {
            refuse(error, at: moment)
            return bytes.count
        }
        if let (request, exchange) = reception.take(from: peer, at: moment) {
            requests += 1
            hasSentContinue = false
            self.exchange = exchange
            readyBytes = request.body.count
            phase = .requestReady(request)
        } else if !wasReadingBody, refusesHead(at: moment) {
            return bytes.count
        } else if reception.parser.isReadingBody {
            var clock = TransferClock.body(begun: reception.began, timeouts: timeouts, from: moment.instant)
            if wasReadingBody, case .readingBody(let current) = phase { clock = current }
            clock.count(count)
            phase = .readingBody(clock)
            sendContinueIfAwaited()
        } else if !reception.parser.isIdle {
            phase = .readingHead(until: reception.began + timeouts.header)
        } else if case .readingHead = phase {
            // It was an empty line, which is ignored (RFC 9112 §2.2), whatever the pieces it came in.
            awaitRequest(until: idleDeadline)
        }
        return count
    }

    /// RFC 9110 §10.1.1: once the header is accepted, and unless the content is coming already.
    private mutating func sendContinueIfAwaited() {
        guard reception.parser.awaitsContinue, !hasSentContinue else { return }
        hasSentContinue = true
        output.append(head: ResponseEncoder.continue)
    }

    /// Refuses the request whose body is yet to come, if its head is reason enough. As that body is not read, the connection
    /// closes.
    private mutating func refusesHead(at moment: Moment) -> Bool {
        guard let inspection, let (head, exchange) = reception.head(from: peer, at: moment),
            let response = inspection(head)
        else { return false }
        send(response, exchange, keepsAlive: false, at: moment)
        return true
    }

    private mutating func parsePipelined(at moment: Moment) {
        let input = pipelined
        if !input.isEmpty { pipelined.removeFirst(parse(input.bytes.span.extracting(input.start...), at: moment)) }
        // What was left of the input may have been used up without making a request.
        if inputHasEnded { receivedEnd(at: moment) }
    }

    // MARK: - Sending

    private mutating func send(
        _ response: HTTPResponse, _ exchange: Exchange, keepsAlive: Bool, at moment: Moment
    ) {
        if !keepsAlive {
            // Nothing more is parsed, and what has come need not be kept while the client reads.
            reception.end()
            pipelined.removeAll()
        }
        self.exchange = exchange
        self.exchange?.answer = response.withoutContent
        self.exchange?.answered = moment.instant
        ResponseEncoder.encode(
            response,
            context: ResponseEncoder.Context(
                requestID: exchange.id, date: moment.date, isHead: exchange.method == .head, keepsAlive: keepsAlive,
                isHTTP10: exchange.isHTTP10),
            into: &output)
        let clock = TransferClock.answer(bytes: output.unsentBytes, timeouts: timeouts, from: moment.instant)
        phase = .responding(clock, keepsAlive: keepsAlive)
    }
}
