import CKernels

extension Matrix {
    /// `values`, row by row, in 8 bits.
    init(quantizing values: UnsafeBufferPointer<Float>, rows: Int, columns: Int) {
        self.init(uninitializedRows: rows, columns: columns, element: .int8)
        guard let source = values.baseAddress else { return }
        for row in 0..<rows {
            scales[row] = clipseg_to_int8(source + row * columns, columns, buffer.int8s(from: row * columns))
        }
    }

    /// The same numbers in another format, rounded to the nearest, ties to even; in 8 bits, to the nearest of 127 steps
    /// up to the largest of the row.
    public func converted(to target: Element) -> Matrix {
        guard element != target else { return self }
        let result = Matrix(uninitializedRows: rows, columns: columns, element: target)
        let wide = Buffer(byteCount: columns * MemoryLayout<Float>.stride)
        defer { withExtendedLifetime(wide) {} }
        convert(0..<rows, into: result, by: wide.floats())
        return result
    }

    /// Writes 32-bit `values` to a row, in the format of the matrix; those of a 32-bit matrix are there already.
    func write(_ values: UnsafePointer<Float>, to row: Int) {
        let start = row * columns
        switch element {
        case .float32: break
        case .bfloat16: clipseg_to_bfloat16(values, columns, buffer.bfloats(from: start))
        case .int8: scales[row] = clipseg_to_int8(values, columns, buffer.int8s(from: start))
        }
    }

    /// Writes the numbers in `range` of rows to the same rows of `result`, in its format. `wide` is room for a row in 32 bits.
    func convert(_ range: Range<Int>, into result: Matrix, by wide: UnsafeMutablePointer<Float>) {
        let start = range.lowerBound * columns
        let count = range.count * columns
        switch (element, result.element) {
        case (.float32, .float32), (.bfloat16, .bfloat16):
            (result.buffer.base + start * element.byteCount)
                .copyMemory(from: buffer.base + start * element.byteCount, byteCount: count * element.byteCount)
        case (.float32, .bfloat16):
            clipseg_to_bfloat16(buffer.floats(from: start), count, result.buffer.bfloats(from: start))
        case (.bfloat16, .float32):
            clipseg_from_bfloat16(buffer.bfloats(from: start), count, result.buffer.floats(from: start))
        case (.float32, .int8):
            for row in range { result.write(buffer.floats(from: row * columns), to: row) }
        case (.bfloat16, .int8):
            for row in range {
                clipseg_from_bfloat16(buffer.bfloats(from: row * columns), columns, wide)
                result.write(wide, to: row)
            }
        case (.int8, .float32), (.int8, .bfloat16), (.int8, .int8):
            for row in range {
                let target = result.element == .float32 ? result.buffer.floats(from: row * columns) : wide
                clipseg_from_int8(buffer.int8s(from: row * columns), columns, scales[row], target)
                result.write(target, to: row)
            }
        }
    }
}
