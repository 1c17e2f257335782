internal import Dispatch

/// Watches one socket through Dispatch sources and reports on the queue when it can be read or written.
///
/// Sources are level-triggered: one that reports what nobody wants to read yet would report it again and again, so that it
/// is paused until its owner has read all there is. A source for writing exists only while the socket's buffer is full.
/// Each source keeps the socket open until its cancel handler has run.
final class Readiness {
    private let socket: Socket
    private let queue: DispatchQueue
    private let onWritable: @Sendable () -> Void
    private let reading: any DispatchSourceRead
    private var writing: (any DispatchSourceWrite)?
    private var isPaused = false

    init(
        of socket: Socket, on queue: DispatchQueue, onReadable: @escaping @Sendable () -> Void,
        onWritable: @escaping @Sendable () -> Void
    ) {
        self.socket = socket
        self.queue = queue
        self.onWritable = onWritable
        reading = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: queue)
        reading.setEventHandler(handler: onReadable)
        reading.setCancelHandler { withExtendedLifetime(socket) {} }
        reading.activate()
    }

    /// Dispatch does not let go of a source that is suspended or has not been cancelled.
    deinit {
        writing?.cancel()
        reading.cancel()
        if isPaused { reading.resume() }
    }

    /// Reports nothing to read until `resumeReading`.
    func pauseReading() {
        guard !isPaused else { return }
        isPaused = true
        reading.suspend()
    }

    func resumeReading() {
        guard isPaused else { return }
        isPaused = false
        reading.resume()
    }

    /// Reports when the socket can be written.
    func awaitWritable() {
        guard writing == nil else { return }
        let source = DispatchSource.makeWriteSource(fileDescriptor: socket.descriptor, queue: queue)
        source.setEventHandler(handler: onWritable)
        source.setCancelHandler { [socket] in withExtendedLifetime(socket) {} }
        source.activate()
        writing = source
    }

    /// Ends `awaitWritable`.
    func stopAwaitingWritable() {
        writing?.cancel()
        writing = nil
    }
}
