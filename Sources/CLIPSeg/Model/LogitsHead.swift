import Compute

/// From the decoder's tokens to logits: convolutions, written as matrix products.
///
/// A transposed convolution whose stride is its kernel's size gives every input cell its own block of output cells, so
/// it is one product; cells stay rows until the very end. A 3×3 convolution is a product over gathered neighbours.
struct LogitsHead: Sendable {
    private enum Kind: Sendable {
        case simple(Linear)
        case complex(neighbours: Linear, first: Linear, second: Linear)
    }

    private let kind: Kind
    private let width: Int
    /// The side of the block that each of the transposed convolutions makes of a cell, in order.
    private let kernels: [Int]

    init(_ weights: WeightReader, config: CLIPSegConfig) throws {
        width = config.reduceDim
        guard config.useComplexTransposedConvolution else {
            kernels = [config.visionConfig.patchSize]
            kind = .simple(try Self.transposed(weights, inputs: width, outputs: 1, kernel: kernels[0]))
            return
        }
        let kernel = config.transposedKernelSize
        kernels = [kernel, kernel]
        kind = .complex(
            neighbours: try Self.convolution3x3(weights["0"], width: width),
            first: try Self.transposed(weights["2"], inputs: width, outputs: width / 2, kernel: kernel),
            second: try Self.transposed(weights["4"], inputs: width / 2, outputs: 1, kernel: kernel))
    }

    /// The height and width of a prompt's logits.
    func size(of grid: PatchGrid) -> (height: Int, width: Int) {
        let side = kernels.reduce(1, *)
        return (grid.rows * side, grid.columns * side)
    }

    /// - Parameters:
    ///   - tokens: `[prompts × patches, width]`, without class tokens.
    ///   - logits: Where they go, all of them, in the order prompt, row, column.
    func callAsFunction(
        _ tokens: Matrix, _ grid: PatchGrid, on backend: any Backend, into logits: UnsafeMutableBufferPointer<Float>
    ) throws {
        let cells: Matrix
        switch kind {
        case .simple(let linear):
            cells = try backend.linear(tokens, linear, activation: .identity, result: .float32)
        case .complex(let neighbours, let first, let second):
            let convolved = try backend.linear(
                Self.gatherNeighbours(tokens, grid), neighbours, activation: .relu, result: nil)
            let enlarged = try backend.linear(convolved, first, activation: .relu, result: nil)
            let blocks = enlarged.reshaped(rows: enlarged.rows * kernels[0] * kernels[0], columns: width / 2)
            cells = try backend.linear(blocks, second, activation: .identity, result: .float32)
        }
        assemble(cells, grid, into: logits)
    }

    /// `Conv2d(width, width, kernel_size=3, padding=1)`, for inputs in the order kernel row, kernel column, channel.
    private static func convolution3x3(_ weights: WeightReader, width: Int) throws -> Linear {
        let kernel = try weights.values("weight", width, width, 3, 3)
        var reordered = [Float](repeating: 0, count: kernel.count)
        for output in 0..<width {
            for input in 0..<width {
                for offset in 0..<9 {
                    reordered[(output * 9 + offset) * width + input] = kernel[(output * width + input) * 9 + offset]
                }
            }
        }
        return try weights.backend.pack(
            weights: reordered, inputs: 9 * width, outputs: width, bias: try weights.values("bias", width))
    }

    /// `ConvTranspose2d(inputs, outputs, kernel, stride=kernel)`, for outputs in the order row, column, channel.
    private static func transposed(
        _ weights: WeightReader, inputs: Int, outputs: Int, kernel: Int
    ) throws -> Linear {
        let area = kernel * kernel
        let values = try weights.values("weight", inputs, outputs, kernel, kernel)
        let bias = try weights.values("bias", outputs)
        var reordered = [Float](repeating: 0, count: values.count)
        for input in 0..<inputs {
            for output in 0..<outputs {
                for offset in 0..<area {
                    reordered[(offset * outputs + output) * inputs + input] =
                        values[(input * outputs + output) * area + offset]
                }
            }
        }
        return try weights.backend.pack(
            weights: reordered, inputs: inputs, outputs: area * outputs,
            bias: (0..<area).flatMap { _ in bias })
    }

    /// Each cell's 3×3 neighbourhood in one row; what lies outside the grid is 0.
    private static func gatherNeighbours(_ tokens: Matrix, _ grid: PatchGrid) -> Matrix {
        let width = tokens.columns
        return Matrix(rows: tokens.rows, columns: 9 * width) { target in
            target.update(repeating: 0)
            tokens.withValues { source in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                for row in 0..<tokens.rows {
                    let (prompt, cell) = row.quotientAndRemainder(dividingBy: grid.count)
                    let (y, x) = cell.quotientAndRemainder(dividingBy: grid.columns)
                    for offset in 0..<9 {
                        let neighbourY = y + offset / 3 - 1
                        let neighbourX = x + offset % 3 - 1
                        guard (0..<grid.rows).contains(neighbourY), (0..<grid.columns).contains(neighbourX) else {
                            continue
                        }
                        let from = prompt * grid.count + neighbourY * grid.columns + neighbourX
                        (target + (row * 9 + offset) * width).update(from: source + from * width, count: width)
                    }
                }
            }
        }
    }

    /// Puts nested blocks of cells, `[prompts × patches × …, block]`, where they belong in the plane.
    private func assemble(_ cells: Matrix, _ grid: PatchGrid, into logits: UnsafeMutableBufferPointer<Float>) {
        let inner = kernels[kernels.count - 1]
        let outer = kernels.count == 2 ? kernels[0] : 1
        let side = inner * outer
        let (height, width) = size(of: grid)
        precondition(cells.rows * inner * inner == logits.count, "logits of another shape")
        cells.withValues { source in
            guard var from = source.baseAddress, let target = logits.baseAddress else { return }
            for prompt in 0..<logits.count / (height * width) {
                for cell in 0..<grid.count {
                    let (row, column) = cell.quotientAndRemainder(dividingBy: grid.columns)
                    for block in 0..<outer * outer {
                        let y = row * side + block / outer * inner
                        let x = column * side + block % outer * inner
                        for line in 0..<inner {
                            let to = target + ((prompt * height + y + line) * width + x)
                            to.initialize(from: from, count: inner)
                            from += inner
                        }
                    }
                }
            }
        }
    }
}
