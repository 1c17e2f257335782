import Compute
import Testing

@Suite struct MatrixTests {
    @Test("A copy keeps its values when the original changes")
    func copyOnWrite() {
        var matrix = Matrix(rows: 2, columns: 2, [1, 2, 3, 4])
        let copy = matrix
        matrix.withMutableValues { $0[0] = 9 }
        #expect(copy.values == [1, 2, 3, 4])
        #expect(matrix.values == [9, 2, 3, 4])
    }

    @Test("Rows can be taken and put together")
    func rows() {
        let matrix = Matrix(rows: 3, columns: 2, [1, 2, 3, 4, 5, 6])
        #expect(matrix.rows(1..<3).values == [3, 4, 5, 6])
        #expect(Matrix.concatenating([matrix.rows(2..<3), matrix.rows(0..<1)]).values == [5, 6, 1, 2])
        #expect(matrix.reshaped(rows: 2, columns: 3).rows(1..<2).values == [4, 5, 6])
    }

    @Test(
        "A number is rounded to the nearest bfloat16, ties to even",
        arguments: [
            (1, 0x3f80), (-2.5, 0xc020), (0x1.01p0, 0x3f80), (0x1.03p0, 0x3f82), (0x1.0101p0, 0x3f81),
            (0x1p-133, 0x0001),
            (.greatestFiniteMagnitude, 0x7f80), (.infinity, 0x7f80),
        ] as [(Float, UInt32)])
    func rounding(value: Float, bits: UInt32) {
        let rounded = Matrix(rows: 1, columns: 1, [value]).converted(to: .bfloat16)
        #expect(rounded.values[0].bitPattern >> 16 == bits)
    }

    @Test("Not a number stays so in bfloat16")
    func nan() {
        let payload = Float(bitPattern: 0x7f80_0001)
        #expect(Matrix(rows: 1, columns: 1, [payload]).converted(to: .bfloat16).values[0].isNaN)
    }
}
