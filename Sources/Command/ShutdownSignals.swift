import Dispatch
import Glibc
import Synchronization

/// Turns SIGTERM and SIGINT into an event; a second one ends the process at once.
struct ShutdownSignals {
    private let first = FirstSignal()
    private let sources: [any DispatchSourceSignal]

    init() {
        // A serial queue has a thread at once, whatever else computes. Swift's pool has as many as there are cores.
        let queue = DispatchQueue(label: "clipseg.shutdown")
        sources = [SIGTERM, SIGINT].map { [first] number in
            // Without this the signal's default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler { @Sendable in
                if !first.isFirst() { _exit(128 + number) }
            }
            source.resume()
            return source
        }
    }

    /// Does `work` as soon as the first signal has come.
    ///
    /// - Returns: A task that ends once it is done.
    func first(then work: @escaping @Sendable () -> Void) -> Task<Void, Never> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
        first.then {
            work()
            continuation.finish()
        }
        return Task { for await _ in stream {} }
    }
}

/// The first signal, and what is to be done when it comes.
private final class FirstSignal: Sendable {
    private struct State {
        var hasCome = false
        var work: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Takes note of a signal.
    ///
    /// - Returns: false if there has been one before.
    func isFirst() -> Bool {
        let (isFirst, work) = state.withLock { state in
            defer { state.hasCome = true }
            return (!state.hasCome, state.work)
        }
        if isFirst { work?() }
        return isFirst
    }

    /// Does `work` when the signal comes, or now if it has come.
    func then(_ work: @escaping @Sendable () -> Void) {
        let hasCome = state.withLock { state in
            state.work = work
            return state.hasCome
        }
        if hasCome { work() }
    }
}
