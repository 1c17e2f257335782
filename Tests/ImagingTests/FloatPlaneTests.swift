import Testing

@testable import Imaging

struct InterpolatedPlane: Decodable, Sendable, CustomTestStringConvertible {
    let from: [Int]
    let to: [Int]
    let values: [Float]

    var testDescription: String { "\(from) to \(to)" }
    static let all: [InterpolatedPlane] = (try? Fixtures.rows("interpolate.json", as: InterpolatedPlane.self)) ?? []
}

@Suite("Resizing planes of numbers")
struct FloatPlaneTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(InterpolatedPlane.all.count > 5)
    }

    @Test("equals PyTorch's bilinear interpolation", arguments: InterpolatedPlane.all)
    func equalsPyTorch(row: InterpolatedPlane) {
        let values = noise(row.from[0] * row.from[1], seed: 9).map { (Float($0) - 128) / 16 }
        let resized = FloatPlane(width: row.from[0], height: row.from[1], values: values)
            .resizedBilinear(width: row.to[0], height: row.to[1])
        #expect(resized.width == row.to[0])
        #expect(resized.height == row.to[1])
        #expect(resized.values.count == row.values.count)
        for (value, expected) in zip(resized.values, row.values) {
            #expect(abs(value - expected) < 4e-6)
        }
    }

    @Test("keeps a plane of the same size bit for bit")
    func sameSize() {
        let plane = FloatPlane(width: 2, height: 2, values: [.infinity, -0.0, 1e-30, 3])
        #expect(plane.resizedBilinear(width: 2, height: 2) == plane)
    }
}
