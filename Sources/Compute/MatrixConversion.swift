import CKernels

extension Matrix {
    /// The same numbers in another format; rounded to the nearest, ties to even.
    public func converted(to target: Element) -> Matrix {
        let result = Matrix(uninitializedRows: rows, columns: columns, element: target)
        switch (element, target) {
        case (.float32, .float32), (.bfloat16, .bfloat16): return self
        case (.float32, .bfloat16):
            clipseg_to_bfloat16(buffer.floats(), rows * columns, result.buffer.bfloats())
        case (.bfloat16, .float32):
            clipseg_from_bfloat16(buffer.bfloats(), rows * columns, result.buffer.floats())
        }
        return result
    }
}
