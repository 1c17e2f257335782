import Compute
import Synchronization

/// The position embeddings of the image encoder, for any grid of patches.
///
/// Other grids than the trained one are interpolated as `torch.nn.functional.interpolate` does it: bicubic,
/// `align_corners=False`, A = −0.75, not antialiased.
final class PositionEmbeddings: Sendable {
    /// Grids whose embeddings are kept; images of more different sizes than this are interpolated for anew.
    private static let cacheLimit = 8

    private let table: Matrix
    private let trained: PatchGrid
    private let cache = Mutex<[PatchGrid: Matrix]>([:])

    /// - Parameter table: `[1 + patches, width]`: the class token's, then those of the `trained` grid, row by row.
    init(table: Matrix, trained: PatchGrid) {
        precondition(table.rows == trained.tokens, "position embeddings of another grid")
        self.table = table
        self.trained = trained
    }

    /// `[1 + patches, width]` for `grid`.
    func callAsFunction(_ grid: PatchGrid) -> Matrix {
        guard grid != trained else { return table }
        if let known = cache.withLock({ $0[grid] }) { return known }
        let made = interpolated(to: grid)
        cache.withLock { cache in
            if cache.count >= Self.cacheLimit { cache.removeAll() }
            cache[grid] = made
        }
        return made
    }

    private func interpolated(to grid: PatchGrid) -> Matrix {
        let width = table.columns
        let rowTaps = (0..<grid.rows).map { CubicTaps(target: $0, targets: grid.rows, sources: trained.rows) }
        let columnTaps = (0..<grid.columns).map {
            CubicTaps(target: $0, targets: grid.columns, sources: trained.columns)
        }
        return Matrix(rows: grid.tokens, columns: width) { target in
            target.update(repeating: 0)
            table.withValues { source in
                for column in 0..<width { target[column] = source[column] }
                for (y, rowTap) in rowTaps.enumerated() {
                    for (x, columnTap) in columnTaps.enumerated() {
                        let start = (1 + y * grid.columns + x) * width
                        for (sourceY, rowWeight) in zip(rowTap.sources, rowTap.weights) {
                            for (sourceX, columnWeight) in zip(columnTap.sources, columnTap.weights) {
                                let from = (1 + sourceY * trained.columns + sourceX) * width
                                let weight = rowWeight * columnWeight
                                for column in 0..<width { target[start + column] += weight * source[from + column] }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The four samples, clamped at the edges, that a cubic convolution takes along one axis, and their weights.
private struct CubicTaps {
    let sources: [Int]
    let weights: [Float]

    init(target: Int, targets: Int, sources count: Int) {
        let position = (Float(target) + 0.5) * (Float(count) / Float(targets)) - 0.5
        let first = position.rounded(.down)
        let offset = position - first
        sources = (-1...2).map { min(max(Int(first) + $0, 0), count - 1) }
        weights = [
            Self.outer(offset + 1), Self.inner(offset), Self.inner(1 - offset), Self.outer(2 - offset),
        ]
    }

    private static let a: Float = -0.75

    /// The kernel for distances up to 1.
    private static func inner(_ x: Float) -> Float { ((a + 2) * x - (a + 3)) * x * x + 1 }

    /// The kernel for distances from 1 to 2.
    private static func outer(_ x: Float) -> Float { ((a * x - 5 * a) * x + 8 * a) * x - 4 * a }
}
