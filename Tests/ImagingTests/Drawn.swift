@testable import Imaging

/// Noise, summed over squares of 2 · spread + 1 pixels on a torus: `blotches` of `Fixtures/drawn.py`.
func blotches(width: Int, height: Int, seed: Int, spread: Int) -> [Int] {
    let plane = noise(width * height, seed: seed).map(Int.init)
    func wrapped(_ position: Int, _ count: Int) -> Int { ((position % count) + count) % count }
    return (0..<width * height).map { pixel in
        var sum = 0
        for down in -spread...spread {
            let row = wrapped(pixel / width + down, height)
            for across in -spread...spread { sum += plane[row * width + wrapped(pixel % width + across, width)] }
        }
        return sum
    }
}

extension BinaryMask {
    /// `mask` of `Fixtures/drawn.py`.
    static func drawn(width: Int, height: Int, seed: Int, spread: Int, level: Int) -> BinaryMask {
        let least = level * (2 * spread + 1) * (2 * spread + 1)
        let values = blotches(width: width, height: height, seed: seed, spread: spread).map {
            $0 >= least ? UInt8(1) : 0
        }
        return BinaryMask(width: width, height: height, values: values)
    }

    /// Masks of many kinds: noise and blotches, narrow and wide, empty and full.
    static let assorted: [BinaryMask] = (0..<60).map { number in
        let sizes = [(1, 1), (1, 17), (16, 1), (2, 2), (5, 7), (31, 16), (40, 33), (64, 20)]
        let (width, height) = sizes[number % sizes.count]
        return drawn(
            width: width, height: height, seed: number, spread: number % 4,
            level: [128, 60, 200, 120, 136, 0, 256][number % 7])
    }

    /// From rows of `#` and anything else.
    init(_ rows: String...) {
        self.init(
            width: rows[0].utf8.count, height: rows.count, values: rows.flatMap { $0.utf8.map { $0 == 35 ? 1 : 0 } })
    }
}

extension FloatPlane {
    /// `plane` of `Fixtures/drawn.py`.
    static func drawn(width: Int, height: Int, seed: Int, spread: Int) -> FloatPlane {
        let area = 255 * (2 * spread + 1) * (2 * spread + 1)
        let values = blotches(width: width, height: height, seed: seed, spread: spread)
        return FloatPlane(width: width, height: height, values: values.map { Float(Double($0) / Double(area)) })
    }

    /// The values that `sampled` of `Fixtures/make_planes.py` writes down.
    var sampled: [Float] {
        stride(from: 0, to: values.count, by: max(1, values.count / 150)).map { values[$0] }
    }

    /// The largest difference of a sampled value to one expected; infinite if they are not as many.
    func difference(toSampled expected: [Float]) -> Float {
        guard sampled.count == expected.count else { return .infinity }
        return zip(sampled, expected).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
