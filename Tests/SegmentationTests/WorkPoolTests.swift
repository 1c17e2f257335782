import Dispatch
import Segmentation
import Synchronization
import Testing

@Suite(.serialized, .timeLimit(.minutes(1))) struct WorkPoolTests {
    @Test("As many jobs run at a time as there are workers, and never more", arguments: 1...3)
    func workers(count: Int) async throws {
        let pool = WorkPool(label: "test", workers: count, maxQueue: 100)
        let record = Record()
        let gate = Gate()
        let jobs = (0..<count * 10).map { job in
            Task { try await pool.run { record.during(job) { gate.pass() } } }
        }
        try await eventually { record.running == count && pool.queueDepth == count * 9 }
        gate.open()
        for job in jobs { try await job.value }
        #expect(record.mostRunning == count)
        #expect(record.jobs.count == count * 10)
    }

    @Test("First come, first served")
    func order() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 100)
        let record = Record()
        let (blocker, gate) = try await block(pool)
        var jobs: [Task<Void, any Error>] = []
        for job in 0..<20 {
            jobs.append(Task { try await pool.run { record.during(job) {} } })
            try await eventually { pool.queueDepth == job + 1 }
        }
        gate.open()
        for job in jobs + [blocker] { try await job.value }
        #expect(record.jobs == Array(0..<20))
    }

    @Test("When as much waits as may, work is refused with a time to come back", arguments: [0, 1, 5])
    func queueFull(maxQueue: Int) async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: maxQueue)
        let (blocker, gate) = try await block(pool)
        let waiting = (0..<maxQueue).map { job in Task { try await pool.run { job } } }
        try await eventually { pool.queueDepth == maxQueue }
        let refusal = await #expect(throws: WorkPool.Refusal.self) {
            try await pool.run { Issue.record("the job was run") }
        }
        guard case .queueFull(let seconds) = refusal else {
            Issue.record("\(String(describing: refusal))")
            return gate.open()
        }
        #expect(seconds >= 1)
        #expect(refusal?.description.contains("\(seconds) s") == true)
        gate.open()
        try await blocker.value
        for (job, task) in waiting.enumerated() { #expect(try await task.value == job) }
    }

    @Test("What finishes work that has been done already waits, however long the queue")
    func mayNotRefuse() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 0)
        let (blocker, gate) = try await block(pool)
        let job = Task { try await pool.run(mayRefuse: false) { 7 } }
        try await eventually { pool.queueDepth == 1 }
        gate.open()
        #expect(try await job.value == 7)
        try await blocker.value
    }

    @Test("Without a queue, one job after the other still finds the worker free")
    func noQueue() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 0)
        for job in 0..<500 { #expect(try await pool.run { job } == job) }
    }

    @Test("A job whose deadline passes in the queue is refused while the worker is still busy, and not run")
    func deadlineInQueue() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 10)
        let record = Record()
        let (blocker, gate) = try await block(pool)
        let late = Task { try await pool.run(deadline: .now + .milliseconds(20)) { record.during(1) {} } }
        let inTime = Task { try await pool.run(deadline: .now + .seconds(600)) { record.during(2) {} } }
        await #expect(throws: WorkPool.Refusal.deadlinePassed) { try await late.value }
        try await eventually { pool.queueDepth == 1 }
        gate.open()
        try await inTime.value
        try await blocker.value
        #expect(record.jobs == [2])
    }

    @Test("A job that comes after its deadline is refused though a worker is free")
    func deadlineBefore() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 10)
        await #expect(throws: WorkPool.Refusal.deadlinePassed) {
            try await pool.run(deadline: .now - .milliseconds(1)) { Issue.record("the job was run") }
        }
        #expect(try await pool.run(deadline: .now + .seconds(60)) { 7 } == 7)
    }

    @Test("Cancelling a waiting job withdraws it at once")
    func cancelWaiting() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 10)
        let (blocker, gate) = try await block(pool)
        let job = Task { try await pool.run { Issue.record("the job was run") } }
        try await eventually { pool.queueDepth == 1 }
        job.cancel()
        await #expect(throws: CancellationError.self) { try await job.value }
        #expect(pool.queueDepth == 0)
        gate.open()
        try await blocker.value
    }

    @Test("A job that is cancelled before it comes is not run")
    func cancelBefore() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 10)
        let job = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await pool.run { Issue.record("the job was run") }
        }
        job.cancel()
        await #expect(throws: CancellationError.self) { try await job.value }
    }

    @Test("Jobs cancelled at any moment are answered, and leave nothing in the queue")
    func cancelAnyTime() async throws {
        let pool = WorkPool(label: "test", workers: 2, maxQueue: 1000)
        let jobs = (0..<300).map { job in Task { try await pool.run { job } } }
        for job in jobs { job.cancel() }
        for (number, job) in jobs.enumerated() {
            do {
                #expect(try await job.value == number)
            } catch {
                #expect(error is CancellationError)
            }
        }
        #expect(pool.queueDepth == 0)
        #expect(try await pool.run { 1 } == 1)
    }

    @Test("A running job is not interrupted")
    func cancelRunning() async throws {
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 10)
        let (job, gate) = try await block(pool)
        job.cancel()
        gate.open()
        try await job.value
    }

    @Test("Errors pass through, and the worker goes on")
    func errors() async throws {
        struct Oops: Error, Equatable { let number: Int }
        let pool = WorkPool(label: "test", workers: 1, maxQueue: 10)
        for number in 0..<10 {
            await #expect(throws: Oops(number: number)) { try await pool.run { throw Oops(number: number) } }
        }
        #expect(try await pool.run { 7 } == 7)
    }

    @Test("A thousand jobs are all answered exactly once")
    func many() async throws {
        let pool = WorkPool(label: "test", workers: 3, maxQueue: 1000)
        let record = Record()
        let answers = try await withThrowingTaskGroup { group in
            for job in 0..<1000 {
                group.addTask {
                    try await pool.run {
                        record.during(job) {}
                        return job
                    }
                }
            }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(answers.sorted() == Array(0..<1000))
        #expect(record.jobs.sorted() == Array(0..<1000))
        #expect(pool.queueDepth == 0)
    }

    @Test("Of a thousand jobs for a short queue, those that are not run are refused")
    func overload() async throws {
        let pool = WorkPool(label: "test", workers: 2, maxQueue: 10)
        let record = Record()
        let refused = await withTaskGroup { group in
            for job in 0..<1000 {
                group.addTask {
                    do {
                        try await pool.run { record.during(job) {} }
                        return 0
                    } catch {
                        #expect(error is WorkPool.Refusal)
                        return 1
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(Set(record.jobs).count == record.jobs.count)
        #expect(record.jobs.count + refused == 1000)
    }

    @Test("Jobs run at the same time as far as the memory goes, and what comes later does not overtake")
    func memory() async throws {
        let pool = WorkPool(label: "test", workers: 4, maxQueue: 10, memoryBytes: 100)
        let record = Record()
        let gate = Gate()
        var jobs: [Task<Void, any Error>] = []
        for (job, bytes) in [60, 40, 50, 10].enumerated() {
            jobs.append(Task { try await pool.run(bytes: bytes) { record.during(job) { gate.pass() } } })
            try await eventually { record.jobs.count + pool.queueDepth == job + 1 }
        }
        #expect(pool.queueDepth == 2)
        #expect(record.jobs == [0, 1])
        gate.open()
        for job in jobs { try await job.value }
        #expect(Set(record.jobs) == [0, 1, 2, 3])
    }

    @Test("Twenty jobs of more than all the memory run one at a time")
    func tooMuchMemory() async throws {
        let pool = WorkPool(label: "test", workers: 4, maxQueue: 100, memoryBytes: 100)
        let record = Record()
        let jobs = (0..<20).map { job in Task { try await pool.run(bytes: 101) { record.during(job) {} } } }
        for job in jobs { try await job.value }
        #expect(record.mostRunning == 1)
        #expect(record.jobs.count == 20)
    }

    @Test("When a job that waits for memory is withdrawn, the next one starts", arguments: [true, false])
    func memoryWithdrawn(byDeadline: Bool) async throws {
        let pool = WorkPool(label: "test", workers: 2, maxQueue: 10, memoryBytes: 100)
        let (gate, record) = (Gate(), Record())
        let blocker = Task { try await pool.run(bytes: 60) { record.during(0) { gate.pass() } } }
        try await eventually { record.running == 1 }
        let deadline: ContinuousClock.Instant? = byDeadline ? .now + .milliseconds(20) : nil
        let large = Task { try await pool.run(deadline: deadline, bytes: 50) { Issue.record("the job was run") } }
        if !byDeadline { try await eventually { pool.queueDepth == 1 } }
        let small = Task { try await pool.run(bytes: 40) { 7 } }
        if !byDeadline {
            try await eventually { pool.queueDepth == 2 }
            large.cancel()
        }
        #expect(try await small.value == 7)
        await #expect(throws: (any Error).self) { try await large.value }
        gate.open()
        try await blocker.value
    }

    // MARK: -

    /// Keeps the only worker of `pool` busy until the gate is opened.
    private func block(_ pool: WorkPool) async throws -> (Task<Void, any Error>, Gate) {
        let gate = Gate()
        let record = Record()
        let job = Task { try await pool.run { record.during(0) { gate.pass() } } }
        try await eventually { record.running == 1 }
        return (job, gate)
    }

    private func eventually(_ condition: () -> Bool) async throws {
        for _ in 0..<10_000 {
            if condition() { return }
            try await Task.sleep(for: .milliseconds(1))
        }
        Issue.record("what should have happened did not")
    }
}

/// Holds jobs up until it is opened.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func open() { semaphore.signal() }

    func pass() {
        semaphore.wait()
        semaphore.signal()
    }
}

/// Which jobs ran, in which order, and how many at a time.
private final class Record: Sendable {
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
