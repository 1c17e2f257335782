@testable import HTTPServer

extension FuzzTarget {
    /// A connection's life: a byte that says whether heads are inspected and memory is short, then events, each a byte that
    /// says what happens, and the bytes that it takes.
    ///
    /// Every request is answered once, in order, in well-formed HTTP; whoever waits has a deadline; a refusal is the last
    /// answer; and when the client is gone and time has passed, the connection is closed.
    static let connection = FuzzTarget(maxLength: 1024) { bytes in
        guard let first = bytes.first else { return }
        var owner = ConnectionOwner(inspects: first & 1 == 1, allowance: first & 2 == 2 ? 1000 : .max)
        var rest = bytes.dropFirst()
        while let event = rest.popFirst(), !owner.isClosed {
            let argument = Int(event >> 3)
            switch event & 7 {
            case 0, 1:
                owner.receive(rest.prefix(argument * 8))
                rest = rest.dropFirst(argument * 8)
            case 2:
                // A whole line, for the sake of mutation.
                let line = rest.prefix { $0 != .lf }
                rest = rest.dropFirst(line.count + 1)
                owner.receive(line + "\r\n".utf8)
            case 3: owner.respond(bodyBytes: argument * 1000)
            case 4: owner.send(atMost: argument * 20 + 1)
            case 5: owner.pass(.milliseconds(100 << argument % 12))
            case 6: owner.receiveEnd()
            default: owner.wind(down: argument % 2 == 0 ? .draining : .stopping)
            }
        }
        owner.finish()
    }
}

/// Plays the event loop, the handler and the client.
private struct ConnectionOwner {
    private var machine: ConnectionMachine
    private var moment = Moment(instant: .now, date: "Sun, 06 Nov 1994 08:49:37 GMT")
    private var answered = 0
    private var isHandling = false
    private var sent: [UInt8] = []
    private var hasEnded = false
    /// What the connection may keep of bodies and answers.
    private let allowance: Int
    private(set) var isClosed = false

    init(inspects: Bool, allowance: Int) {
        self.allowance = allowance
        var limits = HTTPLimits.small
        limits.maxHeaderBytes = 200
        limits.maxRequestsPerConnection = 5
        limits.maxLingerBytes = 100
        machine = ConnectionMachine(
            limits: limits, timeouts: HTTPTimeouts(), peer: SocketAddress(host: "192.0.2.1", port: 1),
            ids: RequestIDGenerator(seed: 1), at: moment, inspection: inspects ? Self.refusal : nil)
    }

    private static func refusal(of head: HTTPRequest) -> HTTPResponse? {
        require(head.body.isEmpty, "a head is inspected without its body")
        return head.path == "/no" ? HTTPResponse(status: .forbidden) : nil
    }

    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        guard wantsInput(), !hasEnded, !bytes.isEmpty else { return }
        let bytes = Array(bytes)
        machine.received(bytes.span, at: moment, allowance: allowance)
        requireBounds()
        run()
    }

    mutating func receiveEnd() {
        guard wantsInput(), !hasEnded else { return }
        hasEnded = true
        machine.receivedEnd(at: moment)
        run()
    }

    mutating func respond(bodyBytes: Int) {
        guard isHandling else { return }
        isHandling = false
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: bodyBytes)
        // In place of one that can't be kept comes a refusal, which has no number.
        let isKept = machine.heldBytes + bodyBytes <= allowance
        machine.respond(
            HTTPResponse(status: .ok, headers: ["Answer": "\(answered)"], body: body), at: moment, allowance: allowance)
        if isKept { answered += 1 }
        requireBounds()
        run()
    }

    private mutating func requireBounds() {
        require(machine.heldBytes - 1000 <= allowance, "what is kept has bounds, but for heads and refusals")
    }

    mutating func send(atMost count: Int) {
        guard !isClosed, !machine.output.isEmpty else { return }
        let bytes = machine.output.next.bytes.prefix(count)
        require(!bytes.isEmpty, "output that is not empty has bytes")
        sent += bytes
        machine.didSend(bytes.count, at: moment)
        run()
    }

    mutating func pass(_ time: Duration) {
        moment.instant += time
        machine.tick(at: moment)
        run()
    }

    mutating func wind(down service: ConnectionMachine.Service) {
        machine.wind(down: service)
        run()
    }

    /// The handler answers, the client reads all, and is gone.
    mutating func finish() {
        for _ in 0..<100 where !isClosed {
            respond(bodyBytes: 10)
            send(atMost: .max)
            receiveEnd()
            if !isHandling, machine.output.isEmpty { pass(.seconds(400)) }
        }
        require(isClosed, "a connection ends")
        require(!machine.isBusy, "nothing is left to do")
        let text = String(decoding: sent, as: UTF8.self)
        let answers = text.split(separator: "\r\nAnswer: ").dropFirst()
        let numbers = answers.map { Int($0.prefix { $0.isNumber }) }
        require(numbers.elementsEqual(numbers.indices.map(Optional.some)), "answers in order, none twice")
        let refusals = text.split(separator: "HTTP/1.1 403 ", omittingEmptySubsequences: false).dropFirst()
        require(refusals.allSatisfy { !$0.contains("HTTP/1.1 ") }, "a refusal is the last answer")
    }

    private mutating func wantsInput() -> Bool {
        if !isClosed, case .receive = machine.nextStep(canReceive: true, canSend: false) { true } else { false }
    }

    private mutating func run() {
        while !isClosed {
            switch machine.nextStep(canReceive: false, canSend: machine.output.isEmpty) {
            case .handle:
                require(!isHandling, "one request at a time")
                isHandling = true
            case .finishSending: machine.didFinishSending()
            case .close: isClosed = true
            case .send, .receive, .handshake: fatalError("Broken promise: none can go on")
            case .wait:
                require(isHandling == machine.isHandling, "both know who has the request")
                require(isHandling || machine.deadline != nil, "who waits for the client has a deadline")
                return
            }
        }
    }
}
