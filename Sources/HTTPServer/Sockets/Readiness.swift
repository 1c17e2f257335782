internal import Dispatch

/// Watches one socket through Dispatch sources and reports on the queue when it can be read or written.
///
/// Sources are level-triggered: one that reports what nobody wants to know yet would report it again and again. So each
/// exists only while its news is awaited; to suspend it instead would need care, as a suspended source must not be released.
/// A source keeps the socket open until its cancel handler has run. On Linux it reports a hang-up once, and nothing after.
final class Readiness {
    private let socket: Socket
    private let queue: DispatchQueue
    private let onReadable: @Sendable () -> Void
    private let onWritable: @Sendable () -> Void
    private var reading: (any DispatchSourceRead)?
    private var writing: (any DispatchSourceWrite)?

    init(
        of socket: Socket, on queue: DispatchQueue, onReadable: @escaping @Sendable () -> Void,
        onWritable: @escaping @Sendable () -> Void
    ) {
        self.socket = socket
        self.queue = queue
        self.onReadable = onReadable
        self.onWritable = onWritable
        awaitReadable()
    }

    deinit {
        stopAwaitingReadable()
        stopAwaitingWritable()
    }

    /// Reports whenever the socket can be read.
    func awaitReadable() {
        guard reading == nil else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler(handler: onReadable)
        source.setCancelHandler { [socket] in withExtendedLifetime(socket) {} }
        source.activate()
        reading = source
    }

    func stopAwaitingReadable() {
        reading?.cancel()
        reading = nil
    }

    /// Reports whenever the socket can be written.
    func awaitWritable() {
        guard writing == nil else { return }
        let source = DispatchSource.makeWriteSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler(handler: onWritable)
        source.setCancelHandler { [socket] in withExtendedLifetime(socket) {} }
        source.activate()
        writing = source
    }

    func stopAwaitingWritable() {
        writing?.cancel()
        writing = nil
    }
}
