/// One client's connection: its state machine, its socket, and the handler's task while there is one.
///
/// Belongs to the event loop and never leaves it.
final class Connection {
    let id: UInt64
    let peer: SocketAddress
    var machine: ConnectionMachine
    /// The handler at work on the current request.
    var work: Task<Void, Never>?
    /// Receiving may get somewhere: false once the socket was found empty.
    var canReceive = false
    /// It has had its turn and goes on when others have had theirs.
    var awaitsTurn = false
    /// What its machine held when that was last counted.
    var countedBytes = 0

    /// Why there is no connection to speak of.
    private(set) var handshakeFailure: TransportError?

    private let transport: any Transport
    private let readiness: Readiness
    /// The client has closed its sending side, perhaps behind requests that are yet to be read.
    private var clientHasEnded = false
    /// Sending may get somewhere: false once the socket was found full.
    private var canSend = true
    /// The transport can't go on in the direction of its own before the socket is ready in the other (TLS).
    private var receiveAwaitsWrite = false
    private var sendAwaitsRead = false

    init(id: UInt64, peer: SocketAddress, machine: ConnectionMachine, transport: any Transport, readiness: Readiness) {
        self.id = id
        self.peer = peer
        self.machine = machine
        self.transport = transport
        self.readiness = readiness
    }

    /// What to do now.
    var nextStep: ConnectionMachine.Step { machine.nextStep(canReceive: canReceive, canSend: canSend) }

    /// The socket can be read.
    func becameReadable() {
        canReceive = true
        canSend = true
        sendAwaitsRead = false
    }

    /// The socket can be written.
    func becameWritable() {
        readiness.stopAwaitingWritable()
        canSend = true
        if receiveAwaitsWrite { canReceive = true }
        receiveAwaitsWrite = false
    }

    /// The client has closed its sending side.
    func clientEnded() {
        clientHasEnded = true
    }

    func handshake(at moment: Moment) {
        switch transport.handshake() {
        case .moved:
            machine.didHandshake(at: moment)
        case .wantsRead:
            canReceive = false
        case .wantsWrite:
            receiveWhenWritable()
        case .ended:
            machine.failed()
        case .failed(.isPlainHTTP):
            machine.didHandshake(at: moment, refusing: .plainHTTP)
        case .failed(let error):
            handshakeFailure = error
            machine.handshakeFailed(at: moment)
        }
    }

    func receive(using buffer: inout [UInt8], at moment: Moment, allowance: Int) {
        switch transport.receive(into: &buffer) {
        case .moved(let count):
            machine.received(buffer.span.extracting(..<count), at: moment, allowance: allowance)
            canReceive = transport.mayHaveMore
        case .wantsRead:
            canReceive = false
        case .wantsWrite:
            receiveWhenWritable()
        case .ended:
            machine.receivedEnd(at: moment)
        case .failed:
            machine.failed()
        }
    }

    func send(at moment: Moment) {
        let (bytes, hasMore) = machine.output.next
        switch transport.send(bytes, hasMore: hasMore) {
        case .moved(let count):
            machine.didSend(count, at: moment)
        case .wantsRead:
            canSend = false
            sendAwaitsRead = true
        case .wantsWrite:
            canSend = false
        case .ended, .failed:
            machine.failed()
        }
    }

    func finishSending() {
        switch transport.finishSending() {
        case .moved: machine.didFinishSending()
        case .wantsRead, .wantsWrite: canSend = false
        case .ended, .failed: machine.failed()
        }
    }

    private func receiveWhenWritable() {
        canReceive = false
        receiveAwaitsWrite = true
    }

    /// A client that has gone needs no answer.
    private func noticeEnd(at moment: Moment) {
        switch transport.peek() {
        case .moved:
            canReceive = true
        case .wantsRead:
            canReceive = false
        case .wantsWrite:
            receiveWhenWritable()
        case .ended, .failed:
            machine.receivedEnd(at: moment)
            work?.cancel()
        }
    }

    /// Nothing can be done until the socket, the handler or the clock says so: see that the socket does.
    func rest(at moment: Moment) {
        if machine.isHandling {
            if clientHasEnded { work?.cancel() }
            noticeEnd(at: moment)
        }
        if canReceive, !sendAwaitsRead {
            // Nobody wants what is there to read.
            readiness.stopAwaitingReadable()
        } else {
            readiness.awaitReadable()
        }
        if !canSend && !sendAwaitsRead || receiveAwaitsWrite { readiness.awaitWritable() }
    }
}
