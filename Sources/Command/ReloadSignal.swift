import Dispatch
import Glibc

/// Turns SIGHUP into a call, one at a time, for as long as this value lives.
struct ReloadSignal {
    private let source: any DispatchSourceSignal

    init(_ action: @escaping @Sendable () -> Void) {
        // Without this the signal's default action would end the process before the source hears of it.
        signal(SIGHUP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGHUP, queue: DispatchQueue(label: "clipseg.reload"))
        source.setEventHandler { @Sendable in action() }
        source.resume()
    }
}
