import Testing

@testable import Imaging

struct SmoothedPlane: Decodable, Sendable, CustomTestStringConvertible {
    let width: Int
    let height: Int
    let sigma: Double
    let values: [Float]

    var testDescription: String { "\(width)×\(height), σ \(sigma)" }
    static let all: [SmoothedPlane] = (try? Fixtures.rows("gaussian.json", as: SmoothedPlane.self)) ?? []
}

struct AveragedPlane: Decodable, Sendable, CustomTestStringConvertible {
    let width: Int
    let height: Int
    let radius: Int
    let values: [Float]

    var testDescription: String { "\(width)×\(height), radius \(radius)" }
    static let all: [AveragedPlane] = (try? Fixtures.rows("box.json", as: AveragedPlane.self)) ?? []
}

struct OtsuReference: Decodable, Sendable {
    let seed: Int
    let spread: Int
    let low: Int
    let high: Int
    let last: Int

    static let all: [OtsuReference] = (try? Fixtures.rows("otsu.json", as: OtsuReference.self)) ?? []

    enum CodingKeys: String, CodingKey {
        case seed, spread, low, high
        case last = "last_of_lower_class"
    }
}

@Suite("Filters on planes of numbers")
struct PlaneFilterTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(SmoothedPlane.all.count > 10 && AveragedPlane.all.count > 4 && OtsuReference.all.count > 4)
    }

    @Test("smoothing is SciPy's, with a large σ nearly", arguments: SmoothedPlane.all)
    func smoothing(row: SmoothedPlane) {
        let smooth = FloatPlane.drawn(width: row.width, height: row.height, seed: 21, spread: 1)
            .smoothed(sigma: row.sigma)
        #expect(smooth.width == row.width && smooth.height == row.height)
        #expect(smooth.difference(toSampled: row.values) < (row.sigma < 8 ? 2e-6 : 3e-3))
    }

    @Test("smoothing keeps a plain plane, and by 0 any", arguments: [0, 0.5, 3, 8, 40, FloatPlane.maxSigma])
    func plain(sigma: Double) {
        let plane = FloatPlane(width: 50, height: 41, values: [Float](repeating: 0.7, count: 50 * 41))
        for value in plane.smoothed(sigma: sigma).values { #expect(abs(value - 0.7) < 1e-5) }
        let any = FloatPlane.drawn(width: 8, height: 8, seed: 1, spread: 0)
        #expect(any.smoothed(sigma: 0) == any)
    }

    @Test("an edge smoothed with a large σ is the normal distribution's", arguments: [9.0, 16, 31.5])
    func step(sigma: Double) {
        let side = 400
        let plane = FloatPlane(width: side, height: 3) { _, row in
            for column in 0..<side { row[column] = column < side / 2 ? 0 : 1 }
        }
        // Three rows can't be reduced, so turn them into many.
        let wide = plane.resizedBilinear(width: side, height: side)
        let smooth = wide.smoothed(sigma: sigma)
        for (offset, expected) in [(0.0, 0.5), (1, 0.8413447), (-1, 0.1586553), (2, 0.9772499), (-2, 0.0227501)] {
            let position = Double(side / 2) - 0.5 + offset * sigma
            let left = Int(position.rounded(.down))
            let share = Float(position - Double(left))
            let row = side * (side / 2)
            let value = (1 - share) * smooth.values[row + left] + share * smooth.values[row + left + 1]
            #expect(abs(Double(value) - expected) < 3e-3, "σ \(sigma), at \(offset) σ")
        }
    }

    @Test("box means are SciPy's", arguments: AveragedPlane.all)
    func box(row: AveragedPlane) {
        let mean = FloatPlane.drawn(width: row.width, height: row.height, seed: 22, spread: 0).boxMean(
            radius: row.radius)
        #expect(mean.difference(toSampled: row.values) < 2e-6)
    }

    @Test("box means of long rows do not drift")
    func drift() {
        let values = noise(20_000, seed: 4).map { Float($0) * 1000 } + [Float](repeating: 1, count: 20_000)
        let mean = FloatPlane(width: 40_000, height: 1, values: values).boxMean(radius: 5)
        #expect(mean.values[30_000..<40_000].allSatisfy { $0 == 1 })
    }

    @Test("block means fill up by reflection")
    func blocks() {
        let plane = FloatPlane(width: 3, height: 3, values: [0, 2, 8, 2, 4, 10, 20, 30, 40])
        let means = FloatPlane.blockMeans(width: 3, height: 3, factor: 2, row: plane.copyRow)
        #expect(means == FloatPlane(width: 2, height: 2, values: [2, 9, 25, 40]))
    }

    @Test("positions beyond the ends are reflected, again and again")
    func reflection() {
        let three = (-7..<8).map { position in reflected(position, count: 3) }
        #expect(three == [0, 0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0, 1])
        #expect(reflected(-2, count: 1) == 0)
        #expect(reflected(2, count: 1) == 0)
    }

    @Test("the automatic threshold is OpenCV's", arguments: OtsuReference.all)
    func otsu(row: OtsuReference) throws {
        let area = (2 * row.spread + 1) * (2 * row.spread + 1)
        let values = blotches(width: 60, height: 50, seed: row.seed, spread: row.spread).map { sum in
            Float(row.low + sum / area * (row.high - row.low) / 255) / 255
        }
        let threshold = try #require(
            ProbabilityHistogram(FloatPlane(width: 60, height: 50, values: values)).otsuThreshold)
        #expect(threshold == (Float(row.last) + 0.5) / 255)
    }

    @Test("there is no automatic threshold where all is alike, and odd numbers count at the ends")
    func degenerate() {
        #expect(ProbabilityHistogram().otsuThreshold == nil)
        #expect(ProbabilityHistogram(FloatPlane(width: 2, height: 1, values: [0.3, 0.3])).otsuThreshold == nil)
        let odd = ProbabilityHistogram(FloatPlane(width: 5, height: 1, values: [.nan, -3, 7, .infinity, -.infinity]))
        #expect(odd.counts[0] == 3)
        #expect(odd.counts[255] == 2)
    }
}
