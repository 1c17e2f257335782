import CLIPSeg
import Synchronization

/// Encodings of the images asked about lately. An image that several workers want at the same time is encoded once.
final class ImageEncodingCache: Sendable {
    private let cache: Mutex<LRUCache<PixelDigest, ImageEncoding>>
    private let flights = SingleFlight<PixelDigest, ImageEncoding>()

    /// - Parameter bytes: What encodings may take; with 0 none is kept.
    init(bytes: Int) {
        cache = Mutex(LRUCache(budget: bytes))
    }

    var statistics: CacheStatistics {
        var statistics = cache.withLock { $0.statistics }
        statistics.hits += flights.shared
        return statistics
    }

    /// The encoding of the image that `key` is the digest of; if it is not known, what `encode` returns.
    func encoding(for key: PixelDigest, _ encode: () throws -> ImageEncoding) throws -> ImageEncoding {
        try flights.value(for: key) {
            if let known = cache.withLock({ $0.value(for: key) }) { return known }
            let encoding = try encode()
            cache.withLock { $0.insert(encoding, for: key, cost: encoding.byteCount) }
            return encoding
        }
    }
}
