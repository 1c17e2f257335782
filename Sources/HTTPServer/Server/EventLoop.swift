internal import CSockets
internal import Dispatch
internal import Glibc
internal import Logging
internal import Synchronization

/// Owns the listener and all connections, and runs their state machines on one serial queue. Nothing here blocks.
actor EventLoop {
    private let executor = QueueExecutor(label: "clipseg.http")
    private let configuration: HTTPServerConfiguration
    private let handler: HTTPHandler
    private let inspection: HTTPInspection?
    private let onAnswer: HTTPAnswerHook?
    private let logger: Logger

    /// Connections open, for anyone to read.
    nonisolated let openConnections = Atomic<Int>(0)
    /// What bodies and answers take, for anyone to read.
    nonisolated let bufferedBytes = Atomic<Int>(0)
    /// Nobody can connect any more, though the server was not told to stop.
    nonisolated let hasLostListener = Atomic<Bool>(false)
    /// What further connections are encrypted with; `nil` for plain TCP.
    nonisolated let tls = Mutex<TLSContext?>(nil)

    private var connections: [UInt64: Connection] = [:]
    private var addresses: AddressCounts
    private var memory: BufferMemory
    /// The most connections since memory was last given back.
    private var peak = 0
    private var lastConnectionID: UInt64 = 0
    private var service = ConnectionMachine.Service.running
    private var clock = WallClock()
    /// Where every connection's bytes are received, so that an idle connection needs no buffer.
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    private var sockets: ReadinessSet?
    private var acceptor: Acceptor?
    private var timer: (any DispatchSourceTimer)?
    private var isTickScheduled = false
    private var shutdown = Shutdown()

    init(
        configuration: HTTPServerConfiguration, logger: Logger, onAnswer: HTTPAnswerHook?,
        inspection: HTTPInspection?, handler: @escaping HTTPHandler
    ) {
        self.configuration = configuration
        self.logger = logger
        self.onAnswer = onAnswer
        self.inspection = inspection
        self.handler = handler
        addresses = AddressCounts(limit: configuration.limits.maxConnectionsPerAddress)
        memory = BufferMemory(limit: configuration.limits.maxBufferedBytes)
    }

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Runs `body` on the loop, in the order of the calls.
    nonisolated func submit(_ body: @escaping @Sendable (isolated EventLoop) -> Void) {
        executor.queue.async { self.assumeIsolated(body) }
    }

    // MARK: - Accepting

    /// - Throws: if the kernel has no descriptor or memory to watch the socket with.
    nonisolated func listen(on socket: ListeningSocket) throws(SystemError) {
        try executor.queue.sync {
            assumeIsolated { loop in Result { () throws(SystemError) in try loop.startListening(on: socket) } }
        }.get()
    }

    private func startListening(on socket: ListeningSocket) throws(SystemError) {
        let sockets = try ReadinessSet()
        acceptor = try Acceptor(
            socket, in: sockets, maxConnections: configuration.limits.maxConnections, logger: logger)
        sockets.activate(on: executor.queue) { @Sendable in self.assumeIsolated { $0.dispatchEvents() } }
        self.sockets = sockets
    }

    /// Looking again at once is cheaper than being called again; after some rounds, what else is on the queue has its turn.
    private func dispatchEvents() {
        for _ in 0..<Self.roundsPerTurn {
            guard let sockets else { return }
            var hasProgressed = false
            sockets.forEachEvent { token, ready in
                if handle(ready, under: token) { hasProgressed = true }
            }
            guard hasProgressed else { return }
        }
    }

    /// - Returns: whether looking again may tell more: not of a connection that waits for its turn.
    private func handle(_ ready: ReadinessSet.Directions, under token: UInt64) -> Bool {
        guard token != Acceptor.token else {
            accept()
            return true
        }
        // One that an earlier event has closed is not found.
        guard let connection = connections[token] else { return true }
        if ready.contains(.end) { connection.clientEnded() }
        if ready.contains(.write) { connection.becameWritable() }
        if ready.contains(.read) { connection.becameReadable() }
        guard !connection.awaitsTurn else { return false }
        advance(connection, at: clock.now())
        return true
    }

    private func accept() {
        do {
            for _ in 0..<Self.acceptsPerTurn {
                guard let (socket, peer) = acceptor?.next(besides: connections.count) else { break }
                try open(socket, peer)
            }
        } catch {
            acceptor?.pause(error.description)
        }
        switch acceptor?.state {
        case .paused:
            // It resumes when a connection closes, or with the next tick.
            scheduleTick()
        case .lost:
            // Who is connected is still served.
            hasLostListener.store(true, ordering: .relaxed)
            acceptor = nil
        case .listening, nil:
            break
        }
    }

    private func open(_ socket: Socket, _ peer: SocketAddress) throws(SystemError) {
        guard let sockets else { return }
        let verdict = addresses.verdict(on: peer)
        guard verdict != .drop else { return }
        lastConnectionID += 1
        let id = lastConnectionID
        let moment = clock.now()
        let transport = try makeTransport(over: socket)
        let connection = Connection(
            id: id, peer: peer,
            machine: ConnectionMachine(
                limits: configuration.limits, timeouts: configuration.timeouts, peer: peer, ids: RequestIDGenerator(),
                at: moment, inspection: inspection),
            transport: transport,
            readiness: try Readiness(of: socket, in: sockets, token: id))
        if transport.needsHandshake { connection.machine.awaitHandshake(at: moment) }
        connection.machine.wind(down: service)
        let refusal: HTTPProblem? =
            verdict == .refuse
            ? .tooManyConnectionsFromAddress
            : connections.count >= configuration.limits.maxConnections ? .tooManyConnections : nil
        connections[id] = connection
        addresses.opened(peer)
        peak = max(peak, connections.count)
        openConnections.store(connections.count, ordering: .relaxed)
        scheduleTick()
        if let refusal {
            connection.machine.refuse(refusal, at: moment)
            advance(connection, at: moment)
        } else if service == .stopping {
            // Taken from the kernel's queue at the last minute: its request may be there already.
            connection.becameReadable()
            advance(connection, at: moment)
        }
    }

    private func makeTransport(over socket: Socket) throws(SystemError) -> any Transport {
        guard let context = tls.withLock({ $0 }) else { return PlainTransport(socket) }
        guard let transport = TLSTransport(socket, context) else { throw .noMemory }
        return transport
    }

    // MARK: - Serving

    /// Does what the connection's machine asks for, until it asks to wait or has had its turn.
    private func advance(_ connection: Connection, at moment: Moment) {
        var receivesLeft = Self.receivesPerTurn
        var requestsLeft = Self.requestsPerTurn
        let end = moment.instant + Self.turn
        while true {
            switch connection.nextStep {
            case .handshake:
                connection.handshake(at: moment)
            case .handle(let request):
                handle(request, on: connection, at: moment)
                requestsLeft -= 1
                if requestsLeft == 0 || .now >= end { awaitTurn(connection) }
            case .send:
                connection.send(at: moment)
                if let onAnswer, let answer = connection.machine.takeFinished(at: .now) { onAnswer(answer) }
            case .receive:
                guard receivesLeft > 0 else { return awaitTurn(connection) }
                receivesLeft -= 1
                connection.receive(
                    using: &buffer, at: moment, allowance: memory.allowance(holding: connection.countedBytes))
            case .finishSending:
                connection.finishSending()
            case .wait:
                return connection.rest(at: moment)
            case .close:
                return close(connection)
            }
            count(connection)
            if connection.awaitsTurn { return }
        }
    }

    /// Takes note of what a connection has come to hold.
    private func count(_ connection: Connection) {
        let held = connection.machine.heldBytes
        count(held - connection.countedBytes)
        connection.countedBytes = held
    }

    private func count(_ bytes: Int) {
        guard bytes != 0 else { return }
        memory.add(bytes)
        bufferedBytes.store(memory.used, ordering: .relaxed)
    }

    /// Others get their turn first.
    private func awaitTurn(_ connection: Connection) {
        guard !connection.awaitsTurn else { return }
        connection.awaitsTurn = true
        submit { [id = connection.id] in $0.takeTurn(id) }
    }

    private func takeTurn(_ id: UInt64) {
        guard let connection = connections[id] else { return }
        connection.awaitsTurn = false
        advance(connection, at: clock.now())
    }

    private func handle(_ request: HTTPRequest, on connection: Connection, at moment: Moment) {
        switch handler(request) {
        case .now(let response):
            respond(response, on: connection, at: moment)
        case .later(let work):
            // The body is the handler's until it is done, even if the client has gone.
            let bytes = request.body.count
            count(bytes)
            connection.work = Task.detached { [id = connection.id] in
                let response = await work()
                await self.finish(response, of: bytes, on: id)
            }
        }
    }

    private func finish(_ response: HTTPResponse, of bodyBytes: Int, on id: UInt64) {
        count(-bodyBytes)
        guard let connection = connections[id] else { return }
        let moment = clock.now()
        connection.work = nil
        respond(response, on: connection, at: moment)
        if !connection.awaitsTurn { advance(connection, at: moment) }
    }

    private func respond(_ response: HTTPResponse, on connection: Connection, at moment: Moment) {
        let allowance = memory.allowance(holding: connection.countedBytes)
        connection.machine.respond(response, at: moment, allowance: allowance)
        count(connection)
    }

    private func close(_ connection: Connection) {
        if let onAnswer, let answer = connection.machine.unfinished(at: .now) { onAnswer(answer) }
        if let failure = connection.handshakeFailure {
            logger.debug("no TLS handshake", metadata: ["peer": "\(connection.peer)", "reason": "\(failure)"])
        }
        connection.work?.cancel()
        count(-connection.countedBytes)
        connections[connection.id] = nil
        addresses.closed(connection.peer)
        openConnections.store(connections.count, ordering: .relaxed)
        acceptor?.resume()
        if connections.isEmpty, acceptor == nil { stop() }
    }

    // MARK: - Clocks

    /// One timer for all deadlines, at rest while there is nothing to watch.
    private func scheduleTick() {
        guard !isTickScheduled else { return }
        isTickScheduled = true
        let timer = timer ?? makeTimer()
        timer.schedule(deadline: .now() + .milliseconds(100), leeway: .milliseconds(20))
    }

    private func makeTimer() -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: executor.queue)
        timer.setEventHandler { @Sendable in self.assumeIsolated { $0.tick() } }
        timer.activate()
        self.timer = timer
        return timer
    }

    private func tick() {
        isTickScheduled = false
        let moment = clock.now()
        for connection in connections.values.filter({ $0.machine.isOverdue(at: moment.instant) }) {
            // Where the loop was held up, the client may have done its part in time.
            connection.becameReadable()
            connection.becameWritable()
            advance(connection, at: moment)
            guard connections[connection.id] != nil, connection.machine.isOverdue(at: moment.instant) else { continue }
            connection.machine.tick(at: moment)
            advance(connection, at: moment)
        }
        acceptor?.resume()
        if shutdown.isOver(at: moment.instant) { cutAll() }
        giveBackMemory()
        if !connections.isEmpty { scheduleTick() }
    }

    /// After a crowd has left, what it took would otherwise stay with the process: `malloc_trim(3)`.
    private func giveBackMemory() {
        guard peak >= Self.crowd, connections.count < peak / 4 else { return }
        peak = connections.count
        // A dictionary does not shrink by itself.
        connections = Dictionary(uniqueKeysWithValues: connections.map { ($0, $1) })
        csockets_trim_memory()
    }

    // MARK: - Going away

    func drain() {
        wind(down: .draining)
        // Who comes now waits for the next process.
        if acceptor?.isInherited == true { acceptor = nil }
    }

    /// Stops accepting and waits until every connection has closed, for so long at most.
    ///
    /// - Returns: how many connections were cut with a request unanswered.
    func shutDown(within time: Duration) async -> Int {
        wind(down: .stopping)
        let moment = clock.now()
        shutdown.begin(deadline: moment.instant + time)
        stopAccepting()
        for connection in Array(connections.values) {
            connection.becameReadable()
            advance(connection, at: moment)
        }
        guard !connections.isEmpty else {
            stop()
            return 0
        }
        return await withCheckedContinuation { shutdown.wait($0) }
    }

    private func wind(down service: ConnectionMachine.Service) {
        self.service = max(self.service, service)
        for connection in connections.values { connection.machine.wind(down: service) }
    }

    /// What waits in the kernel's queue would be reset with the listener: take it in first. An inherited one lives on.
    private func stopAccepting() {
        defer { acceptor = nil }
        guard let acceptor, !acceptor.isInherited else { return }
        do {
            for (socket, peer) in acceptor.queue(holding: configuration.backlog) { try open(socket, peer) }
        } catch {
            // There is no memory for more of them.
        }
    }

    /// The last connection has closed: let go of what keeps this object alive.
    private func stop() {
        sockets?.cancel()
        sockets = nil
        timer?.cancel()
        timer = nil
        shutdown.finish()
    }

    private func cutAll() {
        for connection in Array(connections.values) {
            if connection.machine.isBusy { shutdown.cut += 1 }
            close(connection)
        }
    }

    private static let roundsPerTurn = 16
    private static let acceptsPerTurn = 64
    private static let receivesPerTurn = 8
    /// What a client has pipelined is found in one receive, thousands of requests perhaps.
    private static let requestsPerTurn = 16
    /// Nor must a few that take long to answer hold others up.
    private static let turn = Duration.milliseconds(2)

    /// Connections enough for their memory to matter: with TLS, a megabyte.
    private static let crowd = 64
}
