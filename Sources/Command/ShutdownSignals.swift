import Dispatch
import Glibc
import Synchronization

/// Turns SIGTERM and SIGINT into an event; a second one ends the process at once.
struct ShutdownSignals {
    private static let hasBegun = Atomic(false)

    private let received: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        received = stream
        sources = [SIGTERM, SIGINT].map { number in
            // Without this the signal's default action would end the process before the source hears of it.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { @Sendable in
                if Self.hasBegun.exchange(true, ordering: .relaxed) { _exit(128 + number) }
                continuation.yield(number)
            }
            source.resume()
            return source
        }
    }

    /// Does `work` when the first signal has come.
    func first(then work: @escaping @Sendable () -> Void) -> Task<Void, Never> {
        Task { [received] in
            for await _ in received { return work() }
        }
    }
}
