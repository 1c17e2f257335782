#if OneDNN
import CKernels

/// Attention a few queries at a time, so that their scores never leave the first-level cache.
struct TiledAttention {
    let shape: AttentionShape
    let sequences: [Int]
    let heads: Int
    let causal: Bool
    let vectors: VectorSet
    let loop: ParallelLoop

    func callAsFunction(_ projections: Matrix) -> Matrix {
        let context = Matrix(uninitializedRows: projections.rows, columns: shape.width, element: projections.element)
        let parts = partsOfHead
        loop.forEach(sequences.count * heads * parts) { index in
            let (sequenceAndHead, part) = index.quotientAndRemainder(dividingBy: parts)
            let (sequence, head) = sequenceAndHead.quotientAndRemainder(dividingBy: heads)
            let keys = sequences[sequence]
            attend(
                head, shape.starts[sequence], keys: keys, keys * part / parts..<keys * (part + 1) / parts,
                projections, into: context)
        }
        return context
    }

    /// Keys and values are packed again for each part, so a head is split only where whole ones would leave threads idle.
    private var partsOfHead: Int {
        let whole = sequences.count * heads
        return whole.isMultiple(of: loop.threads) || whole > 8 * loop.threads ? 1 : loop.threads
    }

    /// Some queries of one head of the sequence whose rows begin at `start`.
    private func attend(
        _ head: Int, _ start: Int, keys: Int, _ queries: Range<Int>, _ projections: Matrix, into context: Matrix
    ) {
        guard !queries.isEmpty else { return }
        let elementSize = projections.element.byteCount
        let stride = projections.columns * elementSize
        let rowSize = shape.headWidth * elementSize
        let query = projections.buffer.base + start * stride + head * rowSize
        let key = query + shape.width * elementSize
        let value = key + shape.width * elementSize

        let keysSize = clipseg_panels_size(keys, rowSize)
        let valuesSize = clipseg_panels_size(shape.headWidth, keys * elementSize)
        let scratch = Buffer(byteCount: keysSize + valuesSize + clipseg_attention_scratch_size(keys))
        defer { withExtendedLifetime(scratch) {} }
        let packedKeys = scratch.base
        let packedValues = packedKeys + keysSize
        clipseg_pack_columns(key, stride, keys, rowSize, packedKeys)
        clipseg_pack_rows(value, stride, keys, shape.headWidth, elementSize, packedValues)

        var kernel = clipseg_attention_head(
            keys: keys, width: shape.headWidth, packed_keys: packedKeys, packed_values: packedValues,
            scale: 1 / Float(shape.headWidth).squareRoot(), causal: causal)
        let resultStride = shape.width * elementSize
        let result = context.buffer.base + (start + queries.lowerBound) * resultStride + head * rowSize
        let attend =
            switch (vectors, projections.element) {
            case (.avx2, .float32): clipseg_attend_float32_avx2
            case (.avx2, _): clipseg_attend_bfloat16_avx2
            case (.avx512, .float32): clipseg_attend_float32_avx512
            case (.avx512, _): clipseg_attend_bfloat16_avx512
            }
        attend(
            &kernel, query + queries.lowerBound * stride, stride, queries.lowerBound, queries.count,
            packedValues + valuesSize, result, resultStride)
    }
}
#endif
