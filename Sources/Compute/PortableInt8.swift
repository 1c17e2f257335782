extension PortableBackend {
    /// The weights as `[inputs, outputs]` in 8 bits.
    func packInt8(_ weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?) -> Linear {
        let rows = Matrix(quantizing: weights, rows: outputs, columns: inputs)
        let packed = Buffer(byteCount: inputs * outputs)
        for output in 0..<outputs {
            for input in 0..<inputs {
                packed.int8s()[input * outputs + output] = rows.buffer.int8s()[output * inputs + input]
            }
        }
        return Linear(
            inputs: inputs, outputs: outputs, packing: .plain(rounded: .int8), weights: packed, bias: bias,
            scales: (0..<outputs).map { rows.scales[$0] })
    }

    /// `input · Wᵀ + b`: exact sums of integers, then the scales of row and output.
    func productInt8(_ input: Matrix, _ layer: Linear) -> Matrix {
        let operand = input.converted(to: .int8)
        let output = Matrix(uninitializedRows: input.rows, columns: layer.outputs)
        loop.split(input.rows, minimum: 4) { rows in
            var sums = [Int32](repeating: 0, count: layer.outputs)
            for row in rows {
                for column in 0..<layer.outputs { sums[column] = 0 }
                for index in 0..<layer.inputs {
                    let factor = Int32(operand.buffer.int8s()[row * layer.inputs + index])
                    let weightRow = layer.weights.int8s(from: index * layer.outputs)
                    for column in 0..<layer.outputs { sums[column] &+= factor &* Int32(weightRow[column]) }
                }
                let target = output.buffer.floats(from: row * layer.outputs)
                for column in 0..<layer.outputs {
                    let scale = operand.scales[row] * (layer.scales?.floats()[column] ?? 1)
                    target[column] = Float(sums[column]) * scale + (layer.bias?.floats()[column] ?? 0)
                }
            }
        }
        return output
    }
}
