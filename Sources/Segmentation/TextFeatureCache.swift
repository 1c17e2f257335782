import Compute
import Synchronization

/// Features of the texts asked for lately, by their tokens.
final class TextFeatureCache: Sendable {
    private let cache: Mutex<LRUCache<[Int], Matrix>>

    /// - Parameter bytes: What features and tokens may take; with 0 none are kept.
    init(bytes: Int) {
        cache = Mutex(LRUCache(budget: bytes))
    }

    var statistics: CacheStatistics { cache.withLock { $0.statistics } }

    /// The most texts that are encoded at a time: more are no faster, but take more memory, and the time between two
    /// looks at whether anybody waits.
    static let maxBatchSize = 32

    /// The features of each text, one row each; `encode` computes those that are not known, batch by batch.
    func features(of texts: [[Int]], _ encode: ([[Int]]) throws -> Matrix) throws -> Matrix {
        var known: [[Int]: Matrix] = [:]
        var unknown: [[Int]] = []
        cache.withLock { cache in
            for ids in texts where known[ids] == nil && !unknown.contains(ids) {
                if let features = cache.value(for: ids) { known[ids] = features } else { unknown.append(ids) }
            }
        }
        while !unknown.isEmpty {
            let batch = Array(unknown.prefix(Self.maxBatchSize))
            unknown.removeFirst(batch.count)
            let features = try encode(batch).rowMatrices
            cache.withLock { cache in
                for (ids, features) in zip(batch, features) {
                    known[ids] = features
                    cache.insert(features, for: ids, cost: Self.cost(ids, features))
                }
            }
        }
        return .concatenating(texts.compactMap { known[$0] })
    }

    private static func cost(_ ids: [Int], _ features: Matrix) -> Int {
        ids.count * MemoryLayout<Int>.stride + features.columns * MemoryLayout<Float>.stride
    }
}
