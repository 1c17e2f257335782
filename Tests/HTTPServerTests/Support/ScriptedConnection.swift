@testable import HTTPServer

/// Plays the owner of a state machine, with a clock that the test moves and a client that the test is.
struct ScriptedConnection {
    var machine: ConnectionMachine
    var moment: Moment
    /// Requests that wait for the test to answer.
    var requests: [HTTPRequest] = []
    /// What has been sent, as text.
    var sent = ""
    var hasFinishedSending = false
    var isClosed = false
    /// The client reads what is sent.
    var canSend = true

    init(
        limits: HTTPLimits = HTTPLimits(), timeouts: HTTPTimeouts = HTTPTimeouts(), inspection: HTTPInspection? = nil
    ) {
        moment = Moment(instant: .now, date: "Sun, 06 Nov 1994 08:49:37 GMT")
        machine = ConnectionMachine(
            limits: limits, timeouts: timeouts, peer: SocketAddress(host: "192.0.2.1", port: 1),
            ids: RequestIDGenerator(seed: 1), at: moment, inspection: inspection)
    }

    mutating func receive(_ text: String, allowance: Int = .max) {
        let bytes = Array(text.utf8)
        machine.received(bytes.span, at: moment, allowance: allowance)
        run()
    }

    /// The client reads so much, though it reads nothing else.
    mutating func read(_ count: Int) {
        var rest = count
        while rest > 0, !machine.output.isEmpty {
            let sent = min(rest, machine.output.next.bytes.count)
            machine.didSend(sent, at: moment)
            rest -= sent
        }
    }

    mutating func receiveEnd() {
        machine.receivedEnd(at: moment)
        run()
    }

    mutating func respond(_ text: String = "ok", allowance: Int = .max) {
        requests.removeFirst()
        machine.respond(HTTPResponse(text: text), at: moment, allowance: allowance)
        run()
    }

    /// Lets time pass, as the event loop would: a tick every 100 ms.
    mutating func pass(_ time: Duration) {
        let end = moment.instant + time
        while moment.instant < end {
            moment.instant += .milliseconds(100)
            machine.tick(at: moment)
            run()
        }
    }

    mutating func wind(down service: ConnectionMachine.Service) {
        machine.wind(down: service)
        run()
    }

    mutating func run() {
        while true {
            switch machine.nextStep(canReceive: false, canSend: canSend) {
            case .handle(let request): requests.append(request)
            case .send:
                let bytes = machine.output.next.bytes
                sent += String(decoding: bytes, as: UTF8.self)
                machine.didSend(bytes.count, at: moment)
            case .finishSending:
                hasFinishedSending = true
                machine.didFinishSending()
            case .handshake, .receive, .wait: return
            case .close:
                isClosed = true
                return
            }
        }
    }

    /// The status codes sent so far.
    var statuses: [Substring] { sent.split(separator: "HTTP/1.1 ").map { $0.prefix(3) }.filter { $0 != "100" } }
}
