import Synchronization
import Testing

@testable import Segmentation

/// Jobs that share their first step.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WorkPoolGroupTests {
    @Test("Jobs that come while the first of their group begins are finished with it, in their order")
    func together() async throws {
        let house = House(workers: 1)
        let first = house.visit("a", 1)
        try await eventually { house.begun == ["a"] }
        let others = try await house.visits("a", [2, 3], queued: 2)
        house.gate.open()
        for job in [first] + others { #expect(try await job.value == [1, 2, 3]) }
        #expect(house.begun == ["a"])
    }

    @Test("A job whose group is being begun leaves the other workers to those behind it")
    func otherWorkers() async throws {
        let house = House(workers: 2)
        let first = house.visit("a", 1)
        try await eventually { house.begun == ["a"] }
        let second = try await house.visits("a", [2], queued: 1)
        // Behind the second, and begun while that waits.
        let other = house.visit("b", 3)
        try await eventually { house.begun == ["a", "b"] }
        #expect(house.pool.queueDepth == 1)
        house.gate.open()
        #expect(try await other.value == [3])
        for job in [first] + second { #expect(try await job.value == [1, 2]) }
    }

    @Test("Those who come after the first step begin anew")
    func later() async throws {
        let house = House(workers: 2)
        house.gate.open()
        for number in 1...3 { #expect(try await house.visit("a", number).value == [number]) }
        #expect(house.begun == ["a", "a", "a"])
    }

    @Test("No more join than fit; the rest is done next, in its order")
    func size() async throws {
        let house = House(workers: 1, maxBatchSize: 3)
        let first = house.visit("a", 1)
        try await eventually { house.begun == ["a"] }
        let others = try await house.visits("a", [2, 3, 4, 5], queued: 4)
        house.gate.open()
        for job in [first] + others[..<2] { #expect(try await job.value == [1, 2, 3]) }
        for job in others[2...] { #expect(try await job.value == [4, 5]) }
    }

    @Test("When the first step fails, only the job that took it does; the others try for themselves")
    func failure() async throws {
        let house = House(workers: 1)
        let first = house.visit("a", 1, fails: true)
        try await eventually { house.begun == ["a"] }
        let others = try await house.visits("a", [2, 3], queued: 2)
        house.gate.open()
        await #expect(throws: House.Closed.self) { try await first.value }
        for job in others { #expect(try await job.value == [2, 3]) }
        #expect(house.begun == ["a", "a"])
    }

    @Test("Cancelling the job that began the group leaves the others' answers alone, and so the other way round")
    func cancelled() async throws {
        let house = House(workers: 1)
        let first = house.visit("a", 1)
        try await eventually { house.begun == ["a"] }
        let others = try await house.visits("a", [2, 3, 4], queued: 3)
        first.cancel()
        others[1].cancel()
        await #expect(throws: CancellationError.self) { try await others[1].value }
        house.gate.open()
        for job in [others[0], others[2]] { #expect(try await job.value == [1, 2, 4]) }
    }

    @Test("A thousand jobs of ten groups, some cancelled, are all answered once, and each by its own group")
    func many() async throws {
        let house = House(workers: 3, maxBatchSize: 7)
        house.gate.open()
        let jobs = (0..<1000).map { house.visit("\($0 % 10)", $0) }
        for job in jobs.indices where job % 17 == 0 { jobs[job].cancel() }
        for (number, job) in jobs.enumerated() {
            switch await job.result {
            case .success(let companions):
                #expect(companions.contains(number))
                #expect(companions.count <= 7)
                #expect(companions.allSatisfy { $0 % 10 == number % 10 })
            case .failure(let error):
                #expect(error is CancellationError)
                #expect(number % 17 == 0)
            }
        }
        #expect(house.pool.queueDepth == 0)
    }
}

/// A pool of jobs whose first step waits at a gate, and who are answered with whom they were finished with.
private final class House: Sendable {
    struct Closed: Error {}

    struct Visit: Job {
        let house: House
        let group: String?
        let number: Int
        let fails: Bool
        let caller: CheckedContinuation<[Int], any Error>

        var size: Int { 1 }

        func begin() throws {
            house.beginnings.withLock { $0.append(group ?? "") }
            house.gate.pass()
            if fails { throw Closed() }
        }

        static func finish(_ jobs: [Visit], with common: Void) -> @Sendable () -> Void {
            let numbers = jobs.map(\.number)
            return { for job in jobs { job.caller.resume(returning: numbers) } }
        }

        func refuse(_ reason: any Error) { caller.resume(throwing: reason) }
    }

    let pool: WorkPool<Visit>
    let gate = Gate()
    private let beginnings = Mutex<[String]>([])

    init(workers: Int, maxBatchSize: Int = .max) {
        pool = WorkPool(label: "test", workers: workers, maxBatchSize: maxBatchSize)
    }

    /// The groups that were begun.
    var begun: [String] { beginnings.withLock { $0 } }

    func visit(_ group: String, _ number: Int, fails: Bool = false) -> Task<[Int], any Error> {
        Task {
            try await pool.submit { caller in
                Visit(house: self, group: group, number: number, fails: fails, caller: caller)
            }
        }
    }

    /// Visits that queue up one behind the other, so that as many wait in the end.
    func visits(_ group: String, _ numbers: [Int], queued: Int) async throws -> [Task<[Int], any Error>] {
        var jobs: [Task<[Int], any Error>] = []
        for (index, number) in numbers.enumerated() {
            jobs.append(visit(group, number))
            try await eventually { pool.queueDepth == queued - numbers.count + index + 1 }
        }
        return jobs
    }
}
