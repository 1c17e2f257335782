#if OneDNN
import CKernels
import Synchronization

/// Attention in 32 bits, a block of queries at a time, so that a head's scores are still in cache when they are used.
struct OneDNNAttention {
    let shape: AttentionShape
    let sequences: [Int]
    let heads: Int
    let causal: Bool
    let products: OneDNNProducts
    let loop: ParallelLoop

    /// What a block's scores may take of the second-level cache.
    private static let scoreByteCount = 256 << 10

    /// Some queries of one head of one sequence.
    private struct Block {
        let head: Int
        let start: Int
        let queries: Range<Int>
        let keys: Int
        let scores: OneDNNProduct
        let mix: OneDNNProduct

        var scoreByteCount: Int { queries.count * keys * MemoryLayout<Float>.stride }
    }

    init(
        _ shape: AttentionShape, sequences: [Int], heads: Int, causal: Bool, products: OneDNNProducts,
        loop: ParallelLoop
    ) {
        self.shape = shape
        self.sequences = sequences
        self.heads = heads
        self.causal = causal
        self.products = products
        self.loop = loop
    }

    func callAsFunction(_ projections: Matrix) throws(BackendError) -> Matrix {
        let context = Matrix(uninitializedRows: projections.rows, columns: shape.width)
        let blocks = try blocks()
        let failure = Atomic<Int32>(0)
        let largest = blocks.map(\.scoreByteCount).max() ?? 0
        loop.forEach(blocks.count, scratch: largest) { index, scores in
            let status = run(blocks[index], projections, into: context, by: scores)
            if status != 0 { failure.store(status, ordering: .relaxed) }
        }
        let status = failure.load(ordering: .relaxed)
        guard status == 0 else { throw BackendError(description: "oneDNN failed in attention: status \(status)") }
        return context
    }

    private func blocks() throws(BackendError) -> [Block] {
        var blocks: [Block] = []
        for (start, keys) in zip(shape.starts, sequences) where keys > 0 {
            let most = max(16, Self.scoreByteCount / (keys * MemoryLayout<Float>.stride))
            let parts = (keys + most - 1) / most
            for part in 0..<parts {
                let queries = keys * part / parts..<keys * (part + 1) / parts
                let scores = try products.product(
                    ProductShape(
                        rows: queries.count, inner: shape.headWidth, columns: keys, operands: .float32,
                        result: .float32, sourceStride: 3 * shape.width,
                        weights: .transposed(stride: 3 * shape.width),
                        scale: 1 / Float(shape.headWidth).squareRoot()))
                let mix = try products.product(
                    ProductShape(
                        rows: queries.count, inner: keys, columns: shape.headWidth, operands: .float32,
                        result: .float32, resultStride: shape.width, weights: .plain(stride: 3 * shape.width)))
                for head in 0..<heads {
                    blocks.append(
                        Block(head: head, start: start, queries: queries, keys: keys, scores: scores, mix: mix))
                }
            }
        }
        return blocks
    }

    private func run(
        _ block: Block, _ projections: Matrix, into context: Matrix, by scores: UnsafeMutableRawPointer
    ) -> Int32 {
        func address(_ row: Int, _ column: Int) -> UnsafeMutableRawPointer {
            projections.address(ofRow: row) + column * MemoryLayout<Float>.stride
        }
        let column = block.head * shape.headWidth
        let first = block.start + block.queries.lowerBound

        let status = block.scores(
            address(first, column), address(block.start, shape.width + column), into: scores)
        guard status == 0 else { return status }

        for row in 0..<block.queries.count {
            let visible = causal ? block.queries.lowerBound + row + 1 : block.keys
            let scoreRow = scores.assumingMemoryBound(to: Float.self) + row * block.keys
            clipseg_softmax(scoreRow, visible)
            (scoreRow + visible).update(repeating: 0, count: block.keys - visible)
        }

        let output = context.address(ofRow: first) + column * MemoryLayout<Float>.stride
        return block.mix(scores, address(block.start, 2 * shape.width + column), into: output)
    }
}
#endif
