import Testing

@testable import Segmentation

/// Requests whose deadline passes, or whose caller leaves, at some stage.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DeadlineTests {
    private let pool: ModelPool
    private let gate = Gate()

    init() throws {
        pool = ModelPool(try DemoPool.pool().model, workers: 1)
    }

    private func request(before deadline: ContinuousClock.Instant?) throws -> SegmentationRequest {
        var request = SegmentationRequest(
            image: try #require(Scene.all.first).image(), prompts: [.text("crown")])
        request.deadline = deadline
        return request
    }

    private func blockImageWorkers() -> [Task<Void, any Error>] {
        (0..<pool.imageWorkers.workers).map { _ in
            Task { [pool, gate] in try await pool.imageWorkers.run(bytes: 1) { gate.pass() } }
        }
    }

    @Test("A request that waits to be decoded at its deadline is refused, and never decoded")
    func waitingToBeDecoded() async throws {
        let blockers = blockImageWorkers()
        try await eventually { pool.queue.decodeMemory == blockers.count }
        await #expect(throws: Refusal.deadlinePassed) {
            try await pool.segment(request(before: .now + .milliseconds(20)))
        }
        try await eventually { pool.queue.admitted == 0 }
        #expect(pool.queue.waitingForImages == 0)
        gate.open()
        for blocker in blockers { try await blocker.value }
        try await pool.compute {}
        #expect((pool.queue.decodeMemory, pool.imageCache.misses) == (0, 0))
    }

    @Test("A request that waits for the model at its deadline is refused, and never computed")
    func waitingForTheModel() async throws {
        let record = Record()
        let blocker = Task { [pool, gate] in try await pool.compute { record.during(1) { gate.pass() } } }
        try await eventually { record.running == 1 }
        await #expect(throws: Refusal.deadlinePassed) {
            try await pool.segment(request(before: .now + .milliseconds(500)))
        }
        try await eventually { pool.queue.admitted == 0 }
        #expect(pool.queue.waitingForModel == 0)
        gate.open()
        try await blocker.value
        #expect((pool.imageCache.misses, pool.textCache.misses) == (0, 0))
    }

    @Test("A request whose caller leaves while its answer is drawn keeps its place and its memory until that ends")
    func drawing() async throws {
        let record = Record()
        let caller = Task { [pool, gate, request = try request(before: nil)] in
            try await pool.segment(request, bytes: { _ in 1000 }) { planes, _ in
                record.during(1) { gate.pass() }
                _ = try planes.rows(of: 0)
                Issue.record("it was drawn to the end")
            }
        }
        try await eventually { record.running == 1 }
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        #expect((pool.queue.admitted, pool.queue.decodeMemory) == (1, 1000))
        gate.open()
        try await eventually { pool.queue.admitted == 0 }
        #expect(pool.queue.decodeMemory == 0)
    }
}
