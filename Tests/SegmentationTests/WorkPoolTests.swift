import Dispatch
import Synchronization
import Testing

@testable import Compute
@testable import Segmentation

@Suite(.serialized, .timeLimit(.minutes(5))) struct WorkPoolTests {
    @Test("As many jobs run at a time as there are workers, and never more", arguments: 1...3)
    func workers(count: Int) async throws {
        let pool = WorkPool<ClosureJob>(label: "test", workers: count)
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
        let pool = WorkPool<ClosureJob>(label: "test", workers: 1)
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

    @Test("A job occupies a core from when it has a worker until its caller knows the result, a waiting one none")
    func cores() async throws {
        let cores = CoreOccupancy(cores: 2)
        let pool = WorkPool<ClosureJob>(label: "test", workers: 1, occupying: cores)
        let (blocker, gate) = try await block(pool)
        let waiting = Task { try await pool.run {} }
        try await eventually { pool.queueDepth == 1 }
        #expect(cores.enterIfFree())
        #expect(!cores.enterIfFree())
        gate.open()
        try await blocker.value
        try await waiting.value
        #expect(cores.enterIfFree())
    }

    @Test("Cancelling a waiting job withdraws it at once")
    func cancelWaiting() async throws {
        let pool = WorkPool<ClosureJob>(label: "test", workers: 1)
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
        let pool = WorkPool<ClosureJob>(label: "test", workers: 1)
        let job = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await pool.run { Issue.record("the job was run") }
        }
        job.cancel()
        await #expect(throws: CancellationError.self) { try await job.value }
    }

    @Test("Jobs cancelled at any moment are answered, and leave nothing in the queue")
    func cancelAnyTime() async throws {
        let pool = WorkPool<ClosureJob>(label: "test", workers: 2)
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
        let pool = WorkPool<ClosureJob>(label: "test", workers: 1)
        let (job, gate) = try await block(pool)
        job.cancel()
        gate.open()
        try await job.value
    }

    @Test("Errors pass through, and the worker goes on")
    func errors() async throws {
        struct Oops: Error, Equatable { let number: Int }
        let pool = WorkPool<ClosureJob>(label: "test", workers: 1)
        for number in 0..<10 {
            await #expect(throws: Oops(number: number)) { try await pool.run { throw Oops(number: number) } }
        }
        #expect(try await pool.run { 7 } == 7)
    }

    @Test("A thousand jobs are all answered exactly once")
    func many() async throws {
        let pool = WorkPool<ClosureJob>(label: "test", workers: 3)
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

    @Test("Jobs run at the same time as far as the memory goes, and what comes later does not overtake")
    func memory() async throws {
        let pool = WorkPool<ClosureJob>(label: "test", workers: 4, memoryBytes: 100)
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
        let pool = WorkPool<ClosureJob>(label: "test", workers: 4, memoryBytes: 100)
        let record = Record()
        let jobs = (0..<20).map { job in Task { try await pool.run(bytes: 101) { record.during(job) {} } } }
        for job in jobs { try await job.value }
        #expect(record.mostRunning == 1)
        #expect(record.jobs.count == 20)
    }

    @Test("When a job that waits for memory is withdrawn, the next one starts")
    func memoryWithdrawn() async throws {
        let pool = WorkPool<ClosureJob>(label: "test", workers: 2, memoryBytes: 100)
        let (gate, record) = (Gate(), Record())
        let blocker = Task { try await pool.run(bytes: 60) { record.during(0) { gate.pass() } } }
        try await eventually { record.running == 1 }
        let large = Task { try await pool.run(bytes: 50) { Issue.record("the job was run") } }
        try await eventually { pool.queueDepth == 1 }
        let small = Task { try await pool.run(bytes: 40) { 7 } }
        try await eventually { pool.queueDepth == 2 }
        #expect(pool.bytesInUse == 60)
        large.cancel()
        #expect(try await small.value == 7)
        await #expect(throws: CancellationError.self) { try await large.value }
        gate.open()
        try await blocker.value
        #expect(pool.bytesInUse == 0)
    }

    // MARK: -

    /// Keeps the only worker of `pool` busy until the gate is opened.
    private func block(_ pool: WorkPool<ClosureJob>) async throws -> (Task<Void, any Error>, Gate) {
        let gate = Gate()
        let record = Record()
        let job = Task { try await pool.run { record.during(0) { gate.pass() } } }
        try await eventually { record.running == 1 }
        return (job, gate)
    }
}
