#if OneDNN
import Compute
import Glibc
import Testing

/// Every operation of the oneDNN backend against plain Swift.
@Suite struct BackendAgreementTests {
    struct Product: CustomTestStringConvertible {
        var rows: Int
        var inner: Int
        var columns: Int
        var testDescription: String { "\(rows)×\(inner)×\(columns)" }
    }

    static let products = [
        (1, 1, 1), (1, 768, 512), (2, 3, 5), (7, 31, 1), (13, 17, 19), (31, 64, 36), (37, 36, 108), (77, 40, 160),
        (97, 127, 61), (145, 192, 576), (485, 64, 192), (485, 768, 64), (101, 576, 64), (1936, 32, 16), (33, 2048, 64),
    ].map { Product(rows: $0.0, inner: $0.1, columns: $0.2) }

    private static func backends(_ precision: Precision, threads: Int = 2) -> (found: any Backend, oracle: any Backend)
    {
        (OneDNNBackend(precision: precision, threads: threads), PortableBackend(precision: precision, threads: 2))
    }

    @Test("A matrix product agrees, with and without bias", arguments: products, Precision.supported)
    func linear(product: Product, precision: Precision) throws {
        var noise = Noise(1)
        let input = noise.matrix(product.rows, product.inner)
        let weights = noise.floats(product.inner * product.columns)
        let (backend, oracle) = Self.backends(precision)
        for bias in [noise.floats(product.columns), nil] {
            let results = try [backend, oracle].map {
                let layer = try $0.pack(
                    weights: weights, inputs: product.inner, outputs: product.columns, bias: bias,
                    operand: precision.encoderElement)
                return try $0.linear(input, layer, activation: .identity, result: .float32)
            }
            // In either precision the sums are in 32 bits, so the result may not be further off than fp32's.
            #expect(relativeError(results[0], results[1]) < 2e-6)
        }
    }

    @Test("The activation after a product agrees", arguments: Activation.allCases, Precision.supported)
    func activation(activation: Activation, precision: Precision) throws {
        var noise = Noise(2)
        let input = noise.matrix(53, 41)
        let weights = noise.floats(41 * 29)
        let bias = noise.floats(29)
        let (backend, oracle) = Self.backends(precision)
        for result in [Element.float32, nil, precision.encoderElement] {
            let results = try [backend, oracle].map {
                let layer = try $0.pack(
                    weights: weights, inputs: 41, outputs: 29, bias: bias, operand: precision.encoderElement)
                return try $0.linear(input, layer, activation: activation, result: result)
            }
            #expect(results[0].element == results[1].element)
            // Of what was multiplied in fewer than 32 bits, four digits of the activation count.
            let wide: Float = activation == .quickGELU && precision != .fp32 ? 1e-4 : 2e-6
            #expect(relativeError(results[0], results[1]) < (result == .float32 ? wide : precision.tolerance))
        }
    }

    @Test("Quick GELU of what is far from 0, or no number", arguments: Precision.supported)
    func quickGELU(precision: Precision) throws {
        let (backend, _) = Self.backends(precision)
        let layer = try backend.pack(weights: [1], inputs: 1, outputs: 1, bias: nil, operand: precision.element)
        for x in [-1e4, -75, -73, -51, -0.5, 0, 0.5, 51, 1e4, .infinity, .nan] as [Float] {
            let input = Matrix(rows: 1, columns: 1, [x])
            let y = try backend.linear(input, layer, activation: .quickGELU, result: .float32).values[0]
            let operand = input.converted(to: precision.element).values[0]
            let exact = operand / (1 + exp(-1.702 * operand))
            #expect(y == exact || y.isNaN && exact.isNaN || abs(y - exact) < 1e-4 * max(1, abs(exact)), "\(x)")
        }
    }

    @Test("A residual is added to, and its copies are not", arguments: products, Precision.supported)
    func residual(product: Product, precision: Precision) throws {
        var noise = Noise(3)
        let input = noise.matrix(product.rows, product.inner)
        let weights = noise.floats(product.inner * product.columns)
        let bias = noise.floats(product.columns)
        let before = noise.matrix(product.rows + 3, product.columns)
        let (backend, oracle) = Self.backends(precision)
        let values = before.values
        let results = try [backend, oracle].map {
            let layer = try $0.pack(
                weights: weights, inputs: product.inner, outputs: product.columns, bias: bias,
                operand: precision.encoderElement)
            var sum = before
            try $0.linear(input, layer, addingTo: &sum, from: 2)
            return sum
        }
        #expect(before.values == values)
        for result in results {
            #expect(result.rows(0..<2).values == before.rows(0..<2).values)
            let last = result.rows - 1
            #expect(result.rows(last..<last + 1).values == before.rows(last..<last + 1).values)
        }
        #expect(relativeError(results[0], results[1]) < 2e-6)
    }

    struct Attention: CustomTestStringConvertible {
        var sequences: [Int]
        var heads: Int
        var headWidth: Int
        var testDescription: String { "\(sequences) tokens, \(heads) heads of \(headWidth)" }
    }

    static let attentions = [
        Attention(sequences: [1], heads: 1, headWidth: 8),
        Attention(sequences: [5, 1, 9], heads: 4, headWidth: 32),
        Attention(sequences: [37], heads: 3, headWidth: 12),
        Attention(sequences: [145, 145], heads: 2, headWidth: 16),
        Attention(sequences: [485], heads: 3, headWidth: 64),
        Attention(sequences: [701], heads: 1, headWidth: 5),
    ]

    @Test("Attention agrees, causal or not", arguments: attentions, Precision.supported)
    func attention(attention: Attention, precision: Precision) throws {
        var noise = Noise(4)
        let tokens = attention.sequences.reduce(0, +)
        let projections = noise.matrix(tokens, 3 * attention.heads * attention.headWidth, in: -3...3)
            .converted(to: precision.element)
        let (backend, oracle) = Self.backends(precision)
        for causal in [false, true] {
            let results = try [backend, oracle].map {
                try $0.attention(
                    projections, sequences: attention.sequences, heads: attention.heads, causal: causal,
                    result: precision.encoderElement)
            }
            // Scores reach 40, so their last place alone is 4e-6 of what the exponential makes of them.
            #expect(relativeError(results[0], results[1]) < max(precision.tolerance, 4e-6))
        }
    }

    @Test("Layer norm agrees", arguments: [(1, 1), (1, 7), (485, 768), (31, 36), (3, 1025)], Precision.supported)
    func layerNorm(size: (rows: Int, columns: Int), precision: Precision) throws {
        var noise = Noise(5)
        let input = noise.matrix(size.rows, size.columns, in: -50...70)
        let parameters = LayerNorm(
            gain: noise.floats(size.columns), offset: noise.floats(size.columns), epsilon: 1e-5)
        let (backend, oracle) = Self.backends(precision)
        for result in [Element.float32, nil, precision.encoderElement] {
            let tolerance = result == .float32 ? 4e-6 : precision.tolerance
            #expect(
                relativeError(
                    backend.layerNorm(input, parameters, result: result),
                    oracle.layerNorm(input, parameters, result: result)) < tolerance)
        }
    }

    @Test("Softmax agrees, also where exponentials leave the range", arguments: [(1, 1), (5, 3), (97, 485), (2, 1031)])
    func softmax(size: (rows: Int, columns: Int)) {
        var noise = Noise(6)
        let (backend, oracle) = Self.backends(.fp32)
        for reach in [Float(1), 30, 1000] {
            let input = noise.matrix(size.rows, size.columns, in: -reach...reach)
            #expect(relativeError(backend.softmax(input), oracle.softmax(input)) < 2e-6)
        }
    }

    @Test(
        "The largest 8-bit numbers do not saturate", .enabled(if: Precision.int8.isSupported), arguments: [2, 64, 3072])
    func saturation(inner: Int) throws {
        let input = Matrix(rows: 19, columns: inner, [Float](repeating: -127, count: 19 * inner))
        let backend = OneDNNBackend(precision: .int8, threads: 2)
        for sign in [Float(1), -1] {
            let layer = try backend.pack(
                weights: [Float](repeating: 127 * sign, count: inner * 33), inputs: inner, outputs: 33, bias: nil,
                operand: .int8)
            let product = try backend.linear(input, layer, activation: .identity, result: .float32)
            let expected = [Float](repeating: -127 * 127 * sign * Float(inner), count: 19 * 33)
            #expect(relativeError(product, Matrix(rows: 19, columns: 33, expected)) < 1e-6)
        }
    }

    @Test("The number of threads changes no more than the order of summation", arguments: Precision.supported)
    func threads(precision: Precision) throws {
        var noise = Noise(7)
        let input = noise.matrix(485, 96)
        let weights = noise.floats(96 * 288)
        let results = try [1, 2, 3].map { threads in
            let backend = OneDNNBackend(precision: precision, threads: threads)
            let layer = try backend.pack(weights: weights, inputs: 96, outputs: 288, bias: nil)
            return try backend.attention(
                try backend.linear(input, layer), sequences: [485], heads: 4, causal: false)
        }
        #expect(relativeError(results[1], results[0]) < precision.tolerance)
        #expect(relativeError(results[2], results[0]) < precision.tolerance)
    }
}
#endif
