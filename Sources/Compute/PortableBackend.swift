import Glibc

/// Plain Swift loops: runs everywhere, needs no library, and says what the other backends must compute.
public struct PortableBackend: Backend {
    /// The precision that operands are rounded to; sums are in 32 bits in any case.
    public let precision: Precision
    /// Where intermediate results lie.
    public let scratch = ScratchArenas()
    let loop: ParallelLoop

    /// Creates a backend that computes on up to `threads` threads. Computations that run at the same time share `cores`; without,
    /// each has as many as threads.
    public init(precision: Precision = .fp32, threads: Int = 1, sharing cores: CoreOccupancy? = nil) {
        self.precision = precision
        loop = ParallelLoop(threads: threads, sharing: cores)
    }

    public func pack(
        weights: UnsafeBufferPointer<Float>, inputs: Int, outputs: Int, bias: [Float]?, operand: Element?
    ) throws(BackendError) -> Linear {
        precondition(weights.count == inputs * outputs, "a linear layer takes outputs × inputs weights")
        let operand = operand ?? precision.element
        guard operand != .int8 else {
            return packInt8(weights, inputs: inputs, outputs: outputs, bias: bias)
        }
        let packed = Buffer(byteCount: weights.count * MemoryLayout<Float>.stride)
        let target = packed.floats()
        for output in 0..<outputs {
            for input in 0..<inputs {
                target[input * outputs + output] = rounded(weights[output * inputs + input], operand)
            }
        }
        return Linear(
            inputs: inputs, outputs: outputs, packing: .plain(rounded: operand), weights: packed, bias: bias)
    }

    public func linear(
        _ input: Matrix, _ layer: Linear, activation: Activation, result: Element?
    ) throws(BackendError) -> Matrix {
        var product = product(input, layer)
        apply(activation, to: &product)
        return product.converted(to: result ?? precision.element)
    }

    public func linear(
        _ input: Matrix, _ layer: Linear, addingTo residual: inout Matrix, from row: Int
    ) throws(BackendError) {
        precondition(residual.columns == layer.outputs, "a residual of another width")
        precondition(row >= 0 && row + input.rows <= residual.rows, "rows outside the residual")
        let product = product(input, layer)
        residual.withMutableValues { sum in
            product.withValues { values in
                for index in values.indices { sum[row * layer.outputs + index] += values[index] }
            }
        }
    }

    public func attention(
        _ projections: Matrix, sequences: [Int], heads: Int, causal: Bool, result: Element?
    ) throws(BackendError) -> Matrix {
        let task = AttentionShape(projections, sequences: sequences, heads: heads)
        let source = projections.converted(to: precision.element).converted(to: .float32)
        let context = Matrix(uninitializedRows: source.rows, columns: task.width)
        let stride = source.columns
        let scale = 1 / Float(task.headWidth).squareRoot()

        loop.forEach(task.starts.count * heads) { index in
            let (sequence, head) = index.quotientAndRemainder(dividingBy: heads)
            let length = sequences[sequence]
            let queries = source.buffer.floats(from: task.starts[sequence] * stride + head * task.headWidth)
            let keys = queries + task.width
            let values = keys + task.width
            let output = context.buffer.floats(from: task.starts[sequence] * task.width + head * task.headWidth)
            var scores = [Float](repeating: 0, count: length)
            for row in 0..<length {
                let visible = causal ? row + 1 : length
                for other in 0..<visible {
                    var dot: Float = 0
                    for column in 0..<task.headWidth {
                        dot += queries[row * stride + column] * keys[other * stride + column]
                    }
                    scores[other] = dot * scale
                }
                scores.withUnsafeMutableBufferPointer { Self.softmax($0.baseAddress, visible) }
                for column in 0..<task.headWidth { output[row * task.width + column] = 0 }
                for other in 0..<visible {
                    let weight = rounded(scores[other], precision.element)
                    for column in 0..<task.headWidth {
                        output[row * task.width + column] += weight * values[other * stride + column]
                    }
                }
            }
        }
        return context.converted(to: result ?? precision.element)
    }

    public func layerNorm(_ input: Matrix, _ parameters: LayerNorm, result: Element?) -> Matrix {
        precondition(input.columns == parameters.gain.count, "a layer norm of another width")
        var output = input
        let width = input.columns
        output.withMutableValues { values in
            for row in 0..<input.rows {
                let row = UnsafeMutableBufferPointer(rebasing: values[row * width..<(row + 1) * width])
                let mean = row.reduce(0, +) / Float(width)
                let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(width)
                let scale = 1 / (variance + parameters.epsilon).squareRoot()
                for column in 0..<width {
                    row[column] = (row[column] - mean) * scale * parameters.gain[column] + parameters.offset[column]
                }
            }
        }
        return output.converted(to: result ?? precision.element)
    }

    public func softmax(_ input: Matrix) -> Matrix {
        var output = input
        output.withMutableValues { values in
            for row in 0..<input.rows {
                Self.softmax(values.baseAddress.map { $0 + row * input.columns }, input.columns)
            }
        }
        return output
    }

    // MARK: -

    /// The nearest number that an operand can hold.
    private func rounded(_ value: Float, _ element: Element) -> Float {
        guard element == .bfloat16, value.isFinite else { return value }
        let bits = value.bitPattern
        return Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000)
    }

    /// `input · Wᵀ + b` in 32 bits, a weight row at a time so that the inner loop runs along memory.
    private func product(_ input: Matrix, _ layer: Linear) -> Matrix {
        precondition(layer.packing == .plain(rounded: layer.operand), "a layer packed by another backend")
        precondition(input.columns == layer.inputs, "a linear layer of another width")
        guard layer.operand != .int8 else { return productInt8(input, layer) }
        let operand = input.converted(to: layer.operand).converted(to: .float32)
        let output = Matrix(uninitializedRows: input.rows, columns: layer.outputs)
        loop.split(input.rows, minimum: 4) { rows in
            let source = operand.buffer.floats()
            let weights = layer.weights.floats()
            let sums = output.buffer.floats()
            for row in rows {
                let sum = sums + row * layer.outputs
                if let bias = layer.bias {
                    sum.update(from: bias.floats(), count: layer.outputs)
                } else {
                    sum.update(repeating: 0, count: layer.outputs)
                }
                for index in 0..<layer.inputs {
                    let factor = source[row * layer.inputs + index]
                    let weightRow = weights + index * layer.outputs
                    for column in 0..<layer.outputs { sum[column] += factor * weightRow[column] }
                }
            }
        }
        return output
    }

    private func apply(_ activation: Activation, to matrix: inout Matrix) {
        guard activation != .identity else { return }
        matrix.withMutableValues { values in
            for index in values.indices {
                let x = values[index]
                values[index] =
                    switch activation {
                    case .identity: x
                    case .relu: max(x, 0)
                    case .gelu: 0.5 * x * (1 + erf(x * Float(0.5).squareRoot()))
                    case .quickGELU: x / (1 + exp(-1.702 * x))
                    }
            }
        }
    }

    private static func softmax(_ row: UnsafeMutablePointer<Float>?, _ count: Int) {
        guard let row else { return }
        var peak = -Float.infinity
        for index in 0..<count { peak = max(peak, row[index]) }
        var sum: Float = 0
        for index in 0..<count {
            row[index] = exp(row[index] - peak)
            sum += row[index]
        }
        for index in 0..<count { row[index] /= sum }
    }
}
