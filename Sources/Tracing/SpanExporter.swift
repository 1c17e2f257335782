internal import Dispatch
public import Logging
internal import Synchronization

/// Sends spans to a collector, in batches and from a queue of its own: whoever adds spans never waits.
///
/// If the collector is away or slow, so many wait as the configuration says; further ones are dropped, and counted. When the
/// service ends, what waits is sent within a bound.
public final class SpanExporter: Sendable {
    /// How many spans went where, since the beginning.
    public struct Statistics: Sendable, Equatable {
        /// Those that the collector took.
        public var exported = 0
        /// Those that found no room.
        public var droppedForRoom = 0
        /// Those that the collector did not take, however often it was asked.
        public var droppedAfterFailure = 0
    }

    private struct State {
        var pending: [Span] = []
        var statistics = Statistics()
        var isScheduled = false
        var isHurried = false
        /// When the last of it must be done, once the service ends.
        var end: ContinuousClock.Instant?
        var isTroubled = false
    }

    /// Which traces are wanted.
    public let sampler: Sampler

    private let configuration: TracingConfiguration
    private let post: CollectorPost
    private let logger: Logger
    private let queue = DispatchQueue(label: "clipseg.traces")
    private let state = Mutex(State())
    /// Signalled when the service ends, so that nobody sleeps on.
    private let ending = DispatchSemaphore(value: 0)

    /// The longest that a collector can make us wait.
    private static let longestDelay = Duration.seconds(30)

    /// - Parameter logger: Told when the collector does not take spans, and when it does again.
    public init(_ configuration: TracingConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        sampler = configuration.sampler
        post = CollectorPost(
            url: configuration.endpoint, headers: configuration.headers, authorityFile: configuration.authorityFile)
    }

    /// What has become of the spans so far.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// Takes the spans of a request, all of them or none, and returns at once.
    public func add(_ spans: [Span]) {
        let (mustSchedule, mustHurry) = state.withLock { state in
            guard state.end == nil, state.pending.count + spans.count <= configuration.maxQueue else {
                state.statistics.droppedForRoom += spans.count
                return (false, false)
            }
            state.pending += spans
            let mustHurry = state.pending.count >= configuration.maxBatch && !state.isHurried
            if mustHurry { state.isHurried = true }
            defer { state.isScheduled = true }
            return (!state.isScheduled, mustHurry)
        }
        if mustHurry {
            queue.async { self.drain() }
        } else if mustSchedule {
            queue.asyncAfter(deadline: .now() + (configuration.delay / .seconds(1))) { self.drain() }
        }
    }

    /// Sends what waits and ends the exporter; what is left after `duration` is dropped.
    public func shutdown(within duration: Duration) {
        let isFirst = state.withLock { state in
            guard state.end == nil else { return false }
            state.end = .now + duration
            return true
        }
        guard isFirst else { return }
        ending.signal()
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.drain()
            done.signal()
        }
        // A transfer looks every second whether it must stop.
        _ = done.wait(timeout: .now() + (duration / .seconds(1)) + 1.5)
        state.withLock { state in
            state.statistics.droppedAfterFailure += state.pending.count
            state.pending = []
        }
    }

    private func drain() {
        while let batch = take() {
            let isExported = export(batch)
            state.withLock { state in
                if isExported {
                    state.statistics.exported += batch.count
                } else {
                    state.statistics.droppedAfterFailure += batch.count
                }
            }
        }
    }

    private func take() -> [Span]? {
        state.withLock { state in
            guard !state.pending.isEmpty else {
                state.isScheduled = false
                state.isHurried = false
                return nil
            }
            let batch = Array(state.pending.prefix(configuration.maxBatch))
            state.pending.removeFirst(batch.count)
            return batch
        }
    }

    /// - Returns: whether the collector has taken them.
    private func export(_ batch: [Span]) -> Bool {
        guard let body = try? OTLPDocument.json(batch, resource: configuration.resource) else { return false }
        var delays = configuration.retryDelays[...]
        while true {
            let timeout = min(configuration.timeout, timeLeft ?? configuration.timeout)
            guard timeout > .zero else { return false }
            switch post.run(body, timeout: timeout, mustStop: { self.timeLeft.map { $0 <= .zero } ?? false }) {
            case .accepted:
                note(trouble: nil)
                return true
            case .refused(let reason):
                note(trouble: reason)
                return false
            case .failed(let reason, let retryAfter):
                note(trouble: reason)
                guard let delay = delays.popFirst() else { return false }
                sleep(min(max(delay, retryAfter ?? .zero), Self.longestDelay))
            }
        }
    }

    /// Until the service's end; nil before it is known.
    private var timeLeft: Duration? {
        state.withLock { $0.end }.map { ContinuousClock.now.duration(to: $0) }
    }

    /// Waits, but not once the service ends.
    private func sleep(_ delay: Duration) {
        if ending.wait(timeout: .now() + (delay / .seconds(1))) == .success { ending.signal() }
    }

    /// Says once that there is trouble, and once that it is over.
    private func note(trouble: String?) {
        let hasChanged = state.withLock { state in
            defer { state.isTroubled = trouble != nil }
            return state.isTroubled != (trouble != nil)
        }
        guard hasChanged else { return }
        if let trouble {
            logger.warning("the collector does not take spans", metadata: ["reason": "\(trouble)"])
        } else {
            logger.notice("the collector takes spans again")
        }
    }
}
