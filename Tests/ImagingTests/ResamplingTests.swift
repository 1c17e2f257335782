import Testing

@testable import Imaging

struct ResizedImage: Decodable, Sendable, CustomTestStringConvertible {
    let from: [Int]
    let to: [Int]
    let filter: Int
    let sha256: String

    var testDescription: String { "\(from) to \(to), filter \(filter)" }
    static let all: [ResizedImage] = (try? Fixtures.rows("resize.json", as: ResizedImage.self)) ?? []
}

@Suite("Resizing images")
struct ResamplingTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(ResizedImage.all.count > 200)
    }

    @Test("equals Pillow's, byte for byte", arguments: ResizedImage.all)
    func equalsPillow(row: ResizedImage) throws {
        let source = RGBImage.noise(width: row.from[0], height: row.from[1], seed: row.from[0] * 1000 + row.from[1])
        let filter = try #require(ResamplingFilter(rawValue: row.filter))
        let resized = source.resized(width: row.to[0], height: row.to[1], filter: filter)
        #expect(resized.width == row.to[0])
        #expect(resized.height == row.to[1])
        #expect(sha256(resized.pixels) == row.sha256)
    }

    @Test("keeps an even colour exactly, also where the filter overshoots", arguments: ResamplingFilter.allCases)
    func evenColour(filter: ResamplingFilter) {
        for value: UInt8 in [0, 1, 127, 254, 255] {
            let plain = RGBImage(width: 23, height: 9, pixels: [UInt8](repeating: value, count: 23 * 9 * 3))
            for (width, height) in [(7, 5), (40, 31), (1, 1)] {
                let resized = plain.resized(width: width, height: height, filter: filter)
                #expect(resized.pixels.allSatisfy { $0 == value })
            }
        }
    }

    @Test("clips what the filter overshoots", arguments: [ResamplingFilter.bicubic, .lanczos])
    func overshoot(filter: ResamplingFilter) {
        let edge = RGBImage(width: 2, height: 1, pixels: [0, 0, 0, 255, 255, 255])
        let resized = edge.resized(width: 40, height: 1, filter: filter)
        #expect(resized.pixels.first == 0)
        #expect(resized.pixels.last == 255)
    }
}
