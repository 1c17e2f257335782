import Testing

@testable import Imaging

struct GuidedReference: Decodable, Sendable, CustomTestStringConvertible {
    let width: Int
    let height: Int
    let radius: Int
    let epsilon: Float
    let values: [Float]

    var testDescription: String { "\(width)×\(height), radius \(radius), ε \(epsilon)" }
    static let all: [GuidedReference] = (try? Fixtures.rows("guided.json", as: GuidedReference.self)) ?? []
}

@Suite("The guided filter")
struct GuidedFilterTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(GuidedReference.all.count > 4)
    }

    @Test("is the paper's and OpenCV's on single pixels", arguments: GuidedReference.all)
    func agrees(row: GuidedReference) {
        let blotch = BinaryMask.drawn(width: row.width, height: row.height, seed: 24, spread: 3, level: 128)
        let detail = FloatPlane.drawn(width: row.width, height: row.height, seed: 25, spread: 1)
        let guide = noise(row.width * row.height * 3, seed: 23).enumerated().map { index, value in
            value / 4 + blotch.values[index / 3] * [170, 120, 50][index % 3]
        }
        let input = FloatPlane(
            width: row.width, height: row.height,
            values: zip(blotch.values, detail.values).map { (Float($0) + $1) / 2 })
        let refined = GuidedFilter(
            input, guide: RGBImage(width: row.width, height: row.height, pixels: guide),
            parameters: .init(radius: row.radius, epsilon: row.epsilon), blockSize: 1
        ).plane()
        #expect(refined.difference(toSampled: row.values) < 2e-4)
    }

    /// A picture with one edge, and probabilities that place it a few pixels off, and not sharply.
    private func misplacedEdge(side: Int) -> (guide: RGBImage, probabilities: FloatPlane) {
        let pixels = (0..<side * side).flatMap { pixel -> [UInt8] in
            pixel % side < side / 2 ? [200, 60, 40] : [30, 90, 200]
        }
        let probabilities = FloatPlane(width: side, height: side) { _, row in
            for column in 0..<side { row[column] = min(max(Float(column - side / 2 + 10) / 16, 0), 1) }
        }
        return (RGBImage(width: side, height: side, pixels: pixels), probabilities)
    }

    @Test("moves an edge to where the picture has it", arguments: [nil, 1, 2, 4, 5])
    func movesEdge(blockSize: Int?) {
        let (guide, probabilities) = misplacedEdge(side: 90)
        let refined = GuidedFilter(
            probabilities, guide: guide, parameters: .init(radius: 16), blockSize: blockSize
        ).plane()
        let mask = BinaryMask(refined, threshold: 0.5)
        #expect(BinaryMask(probabilities, threshold: 0.5) != mask)
        for row in 0..<90 {
            let values = mask.values[row * 90..<(row + 1) * 90]
            #expect(Array(values) == [UInt8](repeating: 0, count: 45) + [UInt8](repeating: 1, count: 45))
        }
    }

    @Test("takes probabilities of another size than the picture's")
    func enlarges() {
        let (guide, probabilities) = misplacedEdge(side: 96)
        let small = FloatPlane.blockMeans(width: 96, height: 96, factor: 4, row: probabilities.copyRow)
        let refined = GuidedFilter(small, guide: guide, parameters: .init(radius: 16)).plane()
        #expect(refined.width == 96 && refined.height == 96)
        #expect(BinaryMask(refined, threshold: 0.5).area == 48 * 96)
    }

    @Test("keeps probabilities that are the same everywhere, within 0...1", arguments: [0, 0.25, 1] as [Float])
    func even(value: Float) {
        let guide = RGBImage.noise(width: 37, height: 23, seed: 8)
        let plane = FloatPlane(width: 37, height: 23, values: [Float](repeating: value, count: 37 * 23))
        for refined in GuidedFilter(plane, guide: guide, parameters: .init(radius: 5)).plane().values {
            #expect(abs(refined - value) < 1e-4)
            #expect((0...1).contains(refined))
        }
    }

    @Test("makes the same of a plain picture as blurring twice does")
    func plainGuide() {
        let guide = RGBImage(width: 20, height: 20, pixels: [UInt8](repeating: 90, count: 1200))
        let plane = FloatPlane.drawn(width: 20, height: 20, seed: 3, spread: 1)
        let refined = GuidedFilter(plane, guide: guide, parameters: .init(radius: 2), blockSize: 1).plane()
        let blurred = plane.boxMean(radius: 2).boxMean(radius: 2)
        for (one, other) in zip(refined.values, blurred.values) { #expect(abs(one - other) < 1e-4) }
    }
}
