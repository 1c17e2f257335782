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

    private let transport: any Transport
    private let readiness: Readiness
    /// Sending may get somewhere: false once the socket was found full.
    private var canSend = true
    /// The transport can't go on in the direction of its own before the socket is ready in the other (TLS).
    private var receiveAwaitsWrite = false

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
    }

    /// The socket can be written.
    func becameWritable() {
        readiness.stopAwaitingWritable()
        canSend = true
        if receiveAwaitsWrite { canReceive = true }
        receiveAwaitsWrite = false
    }

    func receive(using buffer: inout [UInt8], at moment: Moment) {
        switch transport.receive(into: &buffer) {
        case .moved(let count):
            machine.received(buffer.span.extracting(..<count), at: moment)
            canReceive = transport.mayHaveMore
        case .wantsRead:
            canReceive = false
        case .wantsWrite:
            canReceive = false
            receiveAwaitsWrite = true
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
        case .wantsRead, .wantsWrite:
            canSend = false
        case .ended, .failed:
            machine.failed()
        }
    }

    func finishSending() {
        transport.finishSending()
        machine.didFinishSending()
    }

    /// Nothing can be done until the socket, the handler or the clock says so: see that the socket does.
    func rest(at moment: Moment) {
        if machine.isHandling, transport.isAtEnd {
            machine.receivedEnd(at: moment)
            work?.cancel()
        }
        if canReceive {
            // Nobody wants what is there to read.
            readiness.stopAwaitingReadable()
        } else {
            readiness.awaitReadable()
        }
        if !canSend || receiveAwaitsWrite { readiness.awaitWritable() }
    }
}
