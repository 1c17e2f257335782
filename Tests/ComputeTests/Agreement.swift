import Compute

/// A reproducible source of test numbers (SplitMix64).
struct Noise: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }

    mutating func matrix(_ rows: Int, _ columns: Int, in range: ClosedRange<Float> = -1...1) -> Matrix {
        Matrix(rows: rows, columns: columns, floats(rows * columns, in: range))
    }
}

/// The largest difference, against the spread of what was expected.
func relativeError(_ found: Matrix, _ expected: Matrix) -> Float {
    let found = found.values
    let expected = expected.values
    guard found.count == expected.count else { return .infinity }
    let largest = expected.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
    let difference = zip(found, expected).reduce(Float(0)) {
        max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1))
    }
    return difference / largest
}

extension Precision {
    /// The precisions that this CPU can be tested in.
    static let supported = allCases.filter(\.isSupported)

    /// What two orders of summation, and one rounding of the result, may differ by.
    var tolerance: Float {
        switch self {
        case .fp32: 2e-6
        case .bf16: 8e-3
        case .int8: 1.01 / 127 + 8e-3
        }
    }
}
