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

    @Test("A row in 8 bits is rounded to 127 steps up to its largest number", arguments: [1, 5, 16, 37, 768])
    func quantization(columns: Int) {
        var noise = Noise(8)
        let values = [noise.floats(columns), noise.floats(columns, in: -90...0.5), noise.floats(columns, in: 0...1e-6)]
        let found = Matrix(rows: 3, columns: columns, Array(values.joined())).converted(to: .int8).rowMatrices
        for (row, values) in values.enumerated() {
            let scale = values.reduce(0) { max($0, abs($1)) } / 127
            for (value, rounded) in zip(values, found[row].values) {
                #expect(abs(value - rounded) <= scale * 0.5001)
                #expect(abs(rounded / scale - (rounded / scale).rounded()) < 1e-4)
            }
        }
    }

    @Test("A row of zeros, or of next to nothing, is zeros in 8 bits", arguments: [0, 0x1p-140, -0x1p-122] as [Float])
    func nothing(value: Float) {
        let row = Matrix(rows: 1, columns: 20, [Float](repeating: value, count: 20)).converted(to: .int8)
        #expect(row.values == [Float](repeating: 0, count: 20))
    }

    @Test("Rows in 8 bits keep their scales when taken and put together")
    func scaledRows() {
        let matrix = Matrix(rows: 3, columns: 2, [127, 1, 2540, 20, -1270, 30]).converted(to: .int8)
        #expect(matrix.values == [127, 1, 2540, 20, -1270, 30])
        #expect(
            Matrix.concatenating([matrix.rows(2..<3), matrix.rows(0..<2)]).values == [-1270, 30, 127, 1, 2540, 20])
        #expect(matrix.converted(to: .bfloat16).rows(0..<1).values == [127, 1])
    }

    @Test("Not a number stays so in bfloat16")
    func nan() {
        let payload = Float(bitPattern: 0x7f80_0001)
        #expect(Matrix(rows: 1, columns: 1, [payload]).converted(to: .bfloat16).values[0].isNaN)
    }
}
