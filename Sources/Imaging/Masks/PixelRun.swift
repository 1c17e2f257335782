/// Neighbouring pixels of one row that have the same value.
struct PixelRun {
    let row: Int
    /// The first column.
    let start: Int
    /// The column after the last one.
    let end: Int
}

extension BinaryMask {
    /// Visits the longest runs of pixels of a value, row by row from the top left.
    func forEachRun(of value: UInt8, _ visit: (PixelRun) -> Void) {
        values.withUnsafeBufferPointer { values in
            for row in 0..<height {
                let pixels = UnsafeBufferPointer(rebasing: values[row * width..<(row + 1) * width])
                var start = pixels.firstPosition(of: value, from: 0)
                while start < width {
                    let end = pixels.firstPosition(of: 1 ^ value, from: start)
                    visit(PixelRun(row: row, start: start, end: end))
                    start = pixels.firstPosition(of: value, from: end)
                }
            }
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// Where `value` is found first from `start` on; `count` if nowhere. Sixteen bytes at a time: most pixels of a mask are
    /// like their neighbours.
    func firstPosition(of value: UInt8, from start: Int) -> Int {
        var position = start
        let bytes = UnsafeRawBufferPointer(self)
        let wanted = SIMD16<UInt8>(repeating: value)
        while position + 16 <= count {
            let some = bytes.loadUnaligned(fromByteOffset: position, as: SIMD16<UInt8>.self)
            if any(some .== wanted) { break }
            position += 16
        }
        while position < count, self[position] != value { position += 1 }
        return position
    }
}
