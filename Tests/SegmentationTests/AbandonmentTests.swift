import Testing

@testable import Segmentation

@Suite struct AbandonmentTests {
    @Test("Work goes on until nobody waits for it")
    func check() throws {
        let abandonment = Abandonment()
        try abandonment.check()
        abandonment.happened()
        #expect(throws: CancellationError.self) { try abandonment.check() }
    }

    @Test("Of a request whose caller is gone nothing is encoded")
    func cancelled() async throws {
        let pool = ModelPool(try DemoPool.pool().model)
        let image = try #require(Scene.all.first).image()
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await pool.segment(SegmentationRequest(image: image, prompts: [.text("crown")]))
        }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect((pool.imageCache.misses, pool.textCache.misses) == (0, 0))
    }
}
