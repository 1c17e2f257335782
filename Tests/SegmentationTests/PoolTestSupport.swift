import Dispatch
import Synchronization
import Testing

/// Waits for what another thread is about to do, which takes a while on a machine that is busy with other tests.
func eventually(_ condition: () throws -> Bool) async throws {
    for _ in 0..<100_000 {
        if try condition() { return }
        try await Task.sleep(for: .milliseconds(1))
    }
    Issue.record("what should have happened did not")
}

/// Holds jobs up until it is opened.
final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Which jobs ran, in which order, and how many at a time.
final class Record: Sendable {
    private struct State {
        var jobs: [Int] = []
        var running = 0
        var mostRunning = 0
    }

    private let state = Mutex(State())

    var jobs: [Int] { state.withLock { $0.jobs } }
    var running: Int { state.withLock { $0.running } }
    var mostRunning: Int { state.withLock { $0.mostRunning } }

    func during(_ job: Int, _ work: () -> Void) {
        state.withLock {
            $0.jobs.append(job)
            $0.running += 1
            $0.mostRunning = max($0.mostRunning, $0.running)
        }
        work()
        state.withLock { $0.running -= 1 }
    }
}
