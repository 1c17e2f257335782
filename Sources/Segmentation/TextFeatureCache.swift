import Compute
import Synchronization

/// Features of the texts asked for lately, by their tokens.
///
/// They are kept as arrays: a matrix of one row would keep a block of the pool that computations use, which is larger, for
/// as long as its text is known.
final class TextFeatureCache: Sendable {
    private let cache: Mutex<LRUCache<[Int], [Float]>>

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
        var known: [[Int]: [Float]] = [:]
        var unknown: [[Int]] = []
        cache.withLock { cache in
            for ids in texts where known[ids] == nil && !unknown.contains(ids) {
                if let features = cache.value(for: ids) { known[ids] = features } else { unknown.append(ids) }
            }
        }
        while !unknown.isEmpty {
            let batch = Array(unknown.prefix(Self.maxBatchSize))
            unknown.removeFirst(batch.count)
            let encoded = try encode(batch)
            let values = encoded.values
            cache.withLock { cache in
                for (row, ids) in batch.enumerated() {
                    let features = Array(values[row * encoded.columns..<(row + 1) * encoded.columns])
                    known[ids] = features
                    cache.insert(features, for: ids, cost: Self.cost(ids, features))
                }
            }
        }
        let rows = texts.compactMap { known[$0] }
        return Matrix(rows: rows.count, columns: rows.first?.count ?? 0, Array(rows.joined()))
    }

    private static func cost(_ ids: [Int], _ features: [Float]) -> Int {
        ids.count * MemoryLayout<Int>.stride + features.count * MemoryLayout<Float>.stride
    }
}
