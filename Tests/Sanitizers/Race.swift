import Foundation
import Synchronization

/// Two threads count under a lock each: a race, and the thread sanitizer must say so.
@main enum Program {
    static func main() {
        let count = Count()
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            count.incrementUnderFirst()
            isDone.signal()
        }
        Thread.detachNewThread {
            count.incrementUnderSecond()
            isDone.signal()
        }
        isDone.wait()
        isDone.wait()
    }
}

private final class Count: Sendable {
    private let first = Mutex(())
    private let second = Mutex(())
    private nonisolated(unsafe) var value = 0

    func incrementUnderFirst() { first.withLock { _ in value += 1 } }

    func incrementUnderSecond() { second.withLock { _ in value += 1 } }
}
