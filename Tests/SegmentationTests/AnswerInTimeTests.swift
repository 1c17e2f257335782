import Synchronization
import Testing

@testable import Segmentation

@Suite(.timeLimit(.minutes(5))) struct AnswerInTimeTests {
    private struct Oops: Error {}
    private static let far = ContinuousClock.now + .seconds(3600)

    @Test("An answer in time is handed over, and so is what went wrong", arguments: [nil, far])
    func inTime(deadline: ContinuousClock.Instant?) async throws {
        #expect(try await answerInTime(deadline) { _ in 7 } == 7)
        await #expect(throws: Oops.self) { try await answerInTime(deadline) { _ in throw Oops() } }
    }

    @Test("At the deadline the caller is told, while the work still goes on; the work learns that it is for nothing")
    func late() async throws {
        let (hands, gate, work) = (Clock(), Gate(), Work())
        let caller = Task {
            try await answerInTime(Self.far, sleep: hands.sleep) { abandonment in
                try await work.run(gate, abandonment)
            }
        }
        try await eventually { work.isRunning }
        hands.strike()
        await #expect(throws: Refusal.deadlinePassed) { try await caller.value }
        #expect(work.isRunning)
        gate.open()
        try await eventually { !work.isRunning }
        #expect(work.wasAbandoned)
    }

    @Test("A caller that leaves is let go, while the work still goes on; the work learns that it is for nothing")
    func cancelled() async throws {
        let (gate, work) = (Gate(), Work())
        let caller = Task {
            try await answerInTime(nil) { abandonment in try await work.run(gate, abandonment) }
        }
        try await eventually { work.isRunning }
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect(work.isRunning)
        gate.open()
        try await eventually { !work.isRunning }
        #expect(work.wasAbandoned)
    }

    @Test("Work that is late before it begins is called all the same, and finds out at once")
    func tooLate() async throws {
        let calls = Atomic(0)
        await #expect(throws: Refusal.deadlinePassed) {
            try await answerInTime(.now, sleep: { _ in try await Task.sleep(for: .seconds(3600)) }) { abandonment in
                calls.add(1, ordering: .relaxed)
                try abandonment.check()
            }
        }
        #expect(calls.load(ordering: .relaxed) == 1)
    }

    @Test("The alarm is off once there is an answer")
    func alarm() async throws {
        let hands = Clock()
        try await answerInTime(Self.far, sleep: hands.sleep) { _ in try await eventually { hands.isRunning } }
        try await eventually { !hands.isRunning }
    }
}

/// Strikes when it is told to.
private final class Clock: Sendable {
    private let moments = AsyncStream<Void>.makeStream()
    private let sleepers = Atomic(0)

    var isRunning: Bool { sleepers.load(ordering: .relaxed) > 0 }

    func strike() { moments.continuation.yield() }

    @Sendable func sleep(until moment: ContinuousClock.Instant) async throws {
        sleepers.add(1, ordering: .relaxed)
        defer { sleepers.subtract(1, ordering: .relaxed) }
        for await _ in moments.stream { break }
        try Task.checkCancellation()
    }
}

/// Work on a worker, which can't be interrupted.
private final class Work: Sendable {
    private let pool = WorkPool<ClosureJob>(label: "test", workers: 1)
    private let state = Mutex((isRunning: false, wasAbandoned: false))

    var isRunning: Bool { state.withLock { $0.isRunning } }
    var wasAbandoned: Bool { state.withLock { $0.wasAbandoned } }

    func run(_ gate: Gate, _ abandonment: Abandonment) async throws {
        try await pool.run { [self] in
            state.withLock { $0.isRunning = true }
            gate.pass()
            state.withLock { $0 = (false, abandonment.hasHappened) }
        }
    }
}
