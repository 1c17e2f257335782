import CLIPSeg
import Compute
import Imaging
import Testing

@testable import Segmentation

@Suite struct CachingTests {
    @Test("The same image and text are encoded once, and answered with the same bytes")
    func hits() async throws {
        let pool = ModelPool(try DemoPool.pool().model)
        let scene = try #require(Scene.all.first)
        let request = SegmentationRequest(image: try scene.image(), prompts: [.text("crown"), .text("crown")])
        let first = try await pool.segment(request).bytes
        #expect(try await pool.segment(request).bytes == first)
        #expect((pool.imageCache.hits, pool.imageCache.misses) == (1, 1))
        #expect((pool.textCache.hits, pool.textCache.misses) == (1, 1))
        #expect(pool.imageCache.bytes > 0)
    }

    @Test("Another image is another entry; another file with the same pixels is not")
    func keys() async throws {
        let pool = ModelPool(try DemoPool.pool().model)
        let bytes = try #require(Scene.all.first { $0.file.hasSuffix(".jpg") }).image()
        let converted = try PNGEncoder.encode(RGBImage(decoding: bytes))
        let other = try #require(Scene.all.first { $0.file.hasSuffix(".png") }).image()
        for image in [bytes, converted, other] {
            _ = try await pool.segment(SegmentationRequest(image: image, prompts: [.text("crown")]))
        }
        #expect((pool.imageCache.hits, pool.imageCache.misses) == (1, 2))
    }

    @Test("With a budget of 0 nothing is kept")
    func off() async throws {
        let pool = ModelPool(try DemoPool.pool().model, imageCacheBytes: 0, textCacheBytes: 0)
        let scene = try #require(Scene.all.first)
        let request = SegmentationRequest(image: try scene.image(), prompts: [.text("crown")])
        for _ in 0..<2 { _ = try await pool.segment(request) }
        #expect((pool.imageCache.hits, pool.imageCache.misses, pool.imageCache.bytes) == (0, 2, 0))
        #expect((pool.textCache.hits, pool.textCache.misses, pool.textCache.bytes) == (0, 2, 0))
    }

    @Test("Warming up leaves the caches as they were")
    func warmUp() async throws {
        let pool = ModelPool(try DemoPool.pool().model)
        try await pool.warmUp()
        #expect((pool.imageCache.misses, pool.imageCache.bytes) == (0, 0))
        #expect((pool.textCache.misses, pool.textCache.bytes) == (0, 0))
    }

    @Test("Pixels that differ in a value or in shape have different digests")
    func digests() {
        func digest(_ height: Int, _ width: Int, _ values: [Float]) -> PixelDigest {
            PixelDigest(PixelValues(images: 1, height: height, width: width, values: values))
        }
        let values = (0..<12).map(Float.init)
        #expect(digest(2, 2, values) == digest(2, 2, values))
        #expect(digest(2, 2, values) != digest(4, 1, values))
        #expect(digest(2, 2, values) != digest(2, 2, values.dropLast() + [11.5]))
    }

    @Test("Many texts are encoded some at a time; what was encoded before nobody waits any more is kept")
    func manyTexts() throws {
        let cache = TextFeatureCache(bytes: 10_000)
        let texts = (0..<3 * TextFeatureCache.maxBatchSize).map { [$0] }
        var batches = 0
        func features(upTo limit: Int) throws -> [Float] {
            try cache.features(of: texts) { texts in
                guard batches < limit else { throw CancellationError() }
                batches += 1
                #expect(texts.count == TextFeatureCache.maxBatchSize)
                return Matrix(rows: texts.count, columns: 1, texts.map { Float($0[0]) })
            }.values
        }
        #expect(throws: CancellationError.self) { try features(upTo: 1) }
        #expect(try features(upTo: 3) == texts.map { Float($0[0]) })
        #expect(batches == 3)
    }

    @Test("Texts that are not known are encoded as one batch, in their order, each once")
    func batch() throws {
        let cache = TextFeatureCache(bytes: 1000)
        var batches: [[[Int]]] = []
        func features(_ texts: [[Int]]) throws -> [Float] {
            try cache.features(of: texts) { texts in
                batches.append(texts)
                return Matrix(rows: texts.count, columns: 1, texts.map { Float($0[0]) })
            }.values
        }
        #expect(try features([[3], [1]]) == [3, 1])
        #expect(try features([[1], [5], [3], [5], [4]]) == [1, 5, 3, 5, 4])
        #expect(try features([[4], [3]]) == [4, 3])
        #expect(batches == [[[3], [1]], [[5], [4]]])
    }
}
