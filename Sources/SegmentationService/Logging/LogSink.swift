internal import Dispatch
internal import Glibc
internal import Logging
internal import Synchronization

/// Writes log lines to a descriptor, from a queue of its own: whoever logs never waits for whoever reads.
///
/// Lines are written some hundredths of a second later, all that have come until then together: to wake a thread for each would
/// cost more than the line. If the reader falls far behind, further lines are dropped, and their number is
/// told once it has caught up.
public final class LogSink: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var dropped = 0
        var isScheduled = false
    }

    private let descriptor: Int32
    private let format: LogFormat
    private let maxPendingBytes: Int
    private let queue = DispatchQueue(label: "clipseg.log")
    private let state = Mutex(State())

    /// - Parameters:
    ///   - descriptor: Stays open for as long as the sink is used.
    ///   - format: That of the line about dropped lines.
    ///   - maxPendingBytes: What may pile up.
    public init(descriptor: Int32, format: LogFormat, maxPendingBytes: Int = 4 << 20) {
        self.descriptor = descriptor
        self.format = format
        self.maxPendingBytes = maxPendingBytes
    }

    /// Takes a line, its end included, and returns at once.
    @Sendable public func write(_ line: [UInt8]) {
        let mustSchedule = state.withLock { state in
            guard state.pending.count + line.count <= maxPendingBytes else {
                state.dropped += 1
                return false
            }
            state.pending += line
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if mustSchedule { queue.asyncAfter(deadline: .now() + Self.delay) { self.drain() } }
    }

    /// Waits until everything has been written, but no longer than a second: nobody may read.
    public func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            done.signal()
        }
        _ = done.wait(timeout: .now() + 1)
    }

    private func drain() {
        var rest = take()[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count < 0, errno == EAGAIN {
                waitUntilWritable()
            } else if count == 0 || errno != EINTR {
                // Nobody can be told that the log is broken.
                return
            }
        }
    }

    /// A terminal or a pipe may not block because another process that has it wants it so.
    private func waitUntilWritable() {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, -1)
    }

    private func take() -> [UInt8] {
        state.withLock { state in
            var lines = state.pending
            state.pending = []
            state.isScheduled = false
            if state.dropped > 0 {
                lines += LogLine.render(
                    "log lines dropped", ["count": .stringConvertible(state.dropped)], level: .warning,
                    label: "clipseg", time: LogTime.now(), as: format)
                state.dropped = 0
            }
            return lines
        }
    }

    private static let delay = DispatchTimeInterval.milliseconds(20)
}
