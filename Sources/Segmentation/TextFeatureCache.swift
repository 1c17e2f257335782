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

    /// The features of each text, one row each; `encode` computes those that are not known as one batch.
    func features(of texts: [[Int]], _ encode: ([[Int]]) throws -> Matrix) throws -> Matrix {
        var known: [[Int]: Matrix] = [:]
        var unknown: [[Int]] = []
        cache.withLock { cache in
            for ids in texts where known[ids] == nil && !unknown.contains(ids) {
                if let features = cache.value(for: ids) { known[ids] = features } else { unknown.append(ids) }
            }
        }
        if !unknown.isEmpty {
            let features = try encode(unknown).rowMatrices
            cache.withLock { cache in
                for (ids, features) in zip(unknown, features) {
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
