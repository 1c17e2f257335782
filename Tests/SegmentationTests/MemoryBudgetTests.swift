import Testing

@testable import Segmentation

@Suite(.timeLimit(.minutes(5))) struct MemoryBudgetTests {
    /// Takes memory and keeps it until it is told to let go.
    private final class Holder: Sendable {
        private let (stream, end) = AsyncStream.makeStream(of: Void.self)

        func hold(_ bytes: Int, of budget: MemoryBudget) -> Task<Void, any Error> {
            Task { try await budget.keeping(bytes) { for await _ in stream {} } }
        }

        func letGo() { end.finish() }
    }

    @Test("So much is kept at a time, first come, first served")
    func order() async throws {
        let budget = MemoryBudget(limit: 100)
        let holders = (0..<3).map { _ in Holder() }
        let first = holders[0].hold(60, of: budget)
        try await eventually { budget.bytesInUse == 60 }
        let second = holders[1].hold(50, of: budget)
        try await eventually { budget.queueDepth == 1 }
        // There would be room for it, but it came later.
        let third = holders[2].hold(40, of: budget)
        try await eventually { budget.queueDepth == 2 }
        #expect(budget.bytesInUse == 60)
        holders[0].letGo()
        try await first.value
        try await eventually { budget.bytesInUse == 90 && budget.queueDepth == 0 }
        for holder in holders { holder.letGo() }
        try await second.value
        try await third.value
        #expect(budget.bytesInUse == 0)
    }

    @Test("What is larger than all there may be is kept alone")
    func alone() async throws {
        let budget = MemoryBudget(limit: 100)
        let holders = (0..<3).map { _ in Holder() }
        let small = holders[0].hold(1, of: budget)
        try await eventually { budget.bytesInUse == 1 }
        let large = holders[1].hold(1000, of: budget)
        try await eventually { budget.queueDepth == 1 }
        holders[0].letGo()
        try await small.value
        try await eventually { budget.bytesInUse == 1000 }
        let other = holders[2].hold(1, of: budget)
        try await eventually { budget.queueDepth == 1 }
        holders[1].letGo()
        try await large.value
        holders[2].letGo()
        try await other.value
    }

    @Test("Whoever is cancelled waits no longer, and those behind him no longer for him")
    func cancelled() async throws {
        let budget = MemoryBudget(limit: 100)
        let holders = (0..<2).map { _ in Holder() }
        let first = holders[0].hold(60, of: budget)
        try await eventually { budget.bytesInUse == 60 }
        let second = Task { try await budget.keeping(50) { Issue.record("nobody waits for this") } }
        try await eventually { budget.queueDepth == 1 }
        let third = holders[1].hold(40, of: budget)
        try await eventually { budget.queueDepth == 2 }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        try await eventually { budget.bytesInUse == 100 }
        for holder in holders { holder.letGo() }
        try await first.value
        try await third.value
    }

    @Test("Who needs none does not wait for those who do")
    func none() async throws {
        let budget = MemoryBudget(limit: 100)
        let holders = (0..<2).map { _ in Holder() }
        let first = holders[0].hold(60, of: budget)
        try await eventually { budget.bytesInUse == 60 }
        let second = holders[1].hold(50, of: budget)
        try await eventually { budget.queueDepth == 1 }
        #expect(try await budget.keeping(0) { budget.queueDepth } == 1)
        for holder in holders { holder.letGo() }
        try await first.value
        try await second.value
    }

    @Test("Pixel values and logits of requests that wait for the model are part of a budget")
    func requests() async throws {
        let pool = ModelPool(try DemoPool.pool().model, workers: 1, decodeMemoryBytes: 4 << 20)
        let gate = Gate()
        let blocker = Task { try await pool.compute { gate.pass() } }
        let request = try Asking.request(["prompt": Asking.balloon, "tiles": "2x2", "resolution": "224"])
        let requests = (0..<3).map { _ in Task { try await pool.segment(request) } }
        try await eventually { pool.keptMemory.queueDepth == 2 && pool.queue.waitingForModel >= 1 }
        #expect(pool.queue.waitingForImages == 2)
        // Four tiles: red, green, blue and a logit of 4 bytes each.
        #expect(pool.keptMemory.bytesInUse == 4 * 224 * 224 * 4 * 4)
        let waiting = ContinuousClock.now
        try await Task.sleep(for: .milliseconds(20))
        let waited = waiting.duration(to: .now)
        gate.open()
        try await blocker.value
        let results = [try await requests[0].value, try await requests[1].value, try await requests[2].value]
        for result in results {
            #expect(result.bytes == results[0].bytes)
            // It began to wait before it was decoded.
            let queue = try #require(result.timings.stages.first)
            #expect(queue.name == "queue" && queue.start < waiting && queue.duration >= waited)
        }
        #expect(pool.keptMemory.bytesInUse == 0)
    }
}
