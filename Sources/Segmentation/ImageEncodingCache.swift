import CLIPSeg
import Synchronization

/// Encodings of the images asked about lately.
final class ImageEncodingCache: Sendable {
    private let cache: Mutex<LRUCache<PixelDigest, ImageEncoding>>
    private let sharedCount = Atomic(0)

    /// - Parameter bytes: What encodings may take; with 0 none is kept.
    init(bytes: Int) {
        cache = Mutex(LRUCache(budget: bytes))
    }

    var statistics: CacheStatistics {
        var statistics = cache.withLock { $0.statistics }
        statistics.hits += sharedCount.load(ordering: .relaxed)
        return statistics
    }

    /// The encoding of the image that `key` is the digest of; if it is not known, what `encode` returns.
    func encoding(for key: PixelDigest, _ encode: () throws -> ImageEncoding) throws -> ImageEncoding {
        if let known = cache.withLock({ $0.value(for: key) }) { return known }
        let encoding = try encode()
        cache.withLock { $0.insert(encoding, for: key, cost: encoding.byteCount) }
        return encoding
    }

    /// Counts requests that used the encoding made for another one.
    func shared(by count: Int) {
        sharedCount.add(count, ordering: .relaxed)
    }
}
