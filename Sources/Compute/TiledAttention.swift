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
        loop.forEach(sequences.count * heads * parts, scratch: scratchSize(projections.element)) { index, scratch in
            let (sequenceAndHead, part) = index.quotientAndRemainder(dividingBy: parts)
            let (sequence, head) = sequenceAndHead.quotientAndRemainder(dividingBy: heads)
            let keys = sequences[sequence]
            attend(
                head, shape.starts[sequence], keys: keys, keys * part / parts..<keys * (part + 1) / parts,
                projections, into: context, by: scratch)
        }
        return context
    }

    /// What a head of the longest sequence takes: its packed keys and values, and scores.
    private func scratchSize(_ element: Element) -> Int {
        let keys = sequences.max() ?? 0
        return keysSize(keys, element) + valuesSize(keys, element) + clipseg_attention_scratch_size(keys)
    }

    private func keysSize(_ keys: Int, _ element: Element) -> Int {
        clipseg_panels_size(keys, shape.headWidth * element.byteCount)
    }

    private func valuesSize(_ keys: Int, _ element: Element) -> Int {
        clipseg_panels_size(shape.headWidth, keys * element.byteCount)
    }

    /// Keys and values are packed again for each part, so a head is split only where whole ones would leave threads idle.
    private var partsOfHead: Int {
        let whole = sequences.count * heads
        return whole.isMultiple(of: loop.threads) || whole > 8 * loop.threads ? 1 : loop.threads
    }

    /// Some queries of one head of the sequence whose rows begin at `start`.
    private func attend(
        _ head: Int, _ start: Int, keys: Int, _ queries: Range<Int>, _ projections: Matrix, into context: Matrix,
        by packedKeys: UnsafeMutableRawPointer
    ) {
        guard !queries.isEmpty else { return }
        let elementSize = projections.element.byteCount
        let stride = projections.columns * elementSize
        let rowSize = shape.headWidth * elementSize
        let query = projections.buffer.base + start * stride + head * rowSize
        let key = query + shape.width * elementSize
        let value = key + shape.width * elementSize

        let packedValues = packedKeys + keysSize(keys, projections.element)
        let scores = packedValues + valuesSize(keys, projections.element)
        clipseg_pack_columns(key, stride, keys, rowSize, vectors.layout, packedKeys)
        clipseg_pack_rows(value, stride, keys, shape.headWidth, elementSize, vectors.layout, packedValues)

        var kernel = clipseg_attention_head(
            keys: keys, width: shape.headWidth, packed_keys: packedKeys, packed_values: packedValues,
            scale: 1 / Float(shape.headWidth).squareRoot(), causal: causal)
        let resultStride = shape.width * elementSize
        let result = context.buffer.base + (start + queries.lowerBound) * resultStride + head * rowSize
        let attend =
            switch (vectors, projections.element) {
            case (.avx2, _): clipseg_attend_float32_avx2
            case (.avx512, .float32): clipseg_attend_float32_avx512
            case (.avx512, _): clipseg_attend_bfloat16_avx512
            }
        attend(
            &kernel, query + queries.lowerBound * stride, stride, queries.lowerBound, queries.count,
            scores, result, resultStride)
    }
}
#endif
