import Foundation
import Synchronization

/// Two threads count under one lock, and the second must wait for it: no race, so that the thread sanitizer must be silent.
@main enum Program {
    static func main() {
        let count = Count()
        let isLocked = DispatchSemaphore(value: 0)
        let isDone = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            count.increment {
                isLocked.signal()
                Thread.sleep(forTimeInterval: 0.1)
            }
            isDone.signal()
        }
        Thread.detachNewThread {
            isLocked.wait()
            count.increment {}
            isDone.signal()
        }
        isDone.wait()
        isDone.wait()
    }
}

private final class Count: Sendable {
    private let value = Mutex(0)

    func increment(after wait: () -> Void) {
        value.withLock { value in
            wait()
            value += 1
        }
    }
}
