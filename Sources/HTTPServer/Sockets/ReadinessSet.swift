internal import CSockets
internal import Dispatch
internal import Glibc

/// Many sockets, watched together: an epoll set, which a single Dispatch source watches in turn.
///
/// A source for each socket costs half of the throughput: Dispatch rearms a source after each report and hands reports over one
/// at a time, where the set needs no call at all for a socket from which the same is awaited again.
final class ReadinessSet {
    /// What a socket is ready for, or awaited to be.
    struct Directions: OptionSet {
        let rawValue: UInt32
        static let read = Directions(rawValue: UInt32(csockets_readable))
        static let write = Directions(rawValue: UInt32(csockets_writable))
        /// Never awaited, but told of a socket from which nothing else is.
        static let end = Directions(rawValue: UInt32(csockets_ended))
    }

    private let handle: Socket
    private var source: (any DispatchSourceRead)?
    private var events = [csockets_event](repeating: csockets_event(), count: Int(csockets_max_events))

    /// - Throws: if there are no descriptors left.
    init() throws(SystemError) {
        handle = Socket(adopting: try valueOrError { csockets_create_set() })
    }

    deinit {
        source?.cancel()
    }

    var descriptor: Int32 { handle.descriptor }

    /// Calls `handler` on the queue whenever `forEachEvent` has something to tell.
    func activate(on queue: DispatchQueue, handler: @escaping @Sendable () -> Void) {
        let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
        source.setEventHandler(handler: handler)
        // Dispatch must not watch a number that is no longer ours.
        source.setCancelHandler { [handle] in withExtendedLifetime(handle) {} }
        source.activate()
        self.source = source
    }

    /// Stops calling the handler, and lets go of it.
    func cancel() {
        source?.cancel()
        source = nil
    }

    /// What has happened so far; what does not fit is told next time.
    func forEachEvent(_ body: (_ token: UInt64, _ ready: Directions) -> Void) {
        let count = Int(max(0, csockets_wait(descriptor, &events)))
        for event in events[..<count] { body(event.token, Directions(rawValue: event.ready)) }
    }
}
