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

    @Test("equals loops over single samples, wherever a window ends", arguments: ResamplingFilter.allCases)
    func equalsOracle(filter: ResamplingFilter) {
        guard filter != .nearest else { return }
        // Rows of fewer bytes than a vector, of some vectors, and of a few bytes more.
        for width in [1, 2, 5, 6, 21, 22, 43, 100] {
            for (target, height) in [(1, 1), (3, 2), (11, 7), (23, 3), (64, 40)] {
                let source = RGBImage.noise(width: width, height: 13, seed: width * 100 + target)
                let resized = source.resized(width: target, height: height, filter: filter)
                #expect(resized == Self.oracle(source, width: target, height: height, filter), "\(width) to \(target)")
            }
        }
    }

    private static func oracle(
        _ image: RGBImage, width: Int, height: Int, _ filter: ResamplingFilter
    ) -> RGBImage {
        func along(_ image: RGBImage, rows: Bool, to size: Int) -> RGBImage {
            let (oldSize, others) = rows ? (image.height, image.width) : (image.width, image.height)
            guard size != oldSize else { return image }
            let kernel = ResamplingKernel(from: oldSize, to: size, filter: filter)
            let (width, height) = rows ? (others, size) : (size, others)
            var pixels: [UInt8] = []
            for row in 0..<height {
                for column in 0..<width {
                    let window = kernel.windows[rows ? row : column]
                    for channel in 0..<3 {
                        let sum = (0..<window.count).reduce(1 << (ResamplingKernel.precisionBits - 1)) { sum, tap in
                            let (x, y) = rows ? (column, window.first + tap) : (window.first + tap, row)
                            let sample = Int(image.pixels[(y * image.width + x) * 3 + channel])
                            return sum + sample * Int(kernel.weights[window.weightsStart + tap])
                        }
                        pixels.append(UInt8(min(max(sum >> ResamplingKernel.precisionBits, 0), 255)))
                    }
                }
            }
            return RGBImage(width: width, height: height, pixels: pixels)
        }
        let (rowsLost, columnsLost) = (image.height - height, image.width - width)
        return rowsLost > 0 && rowsLost > 2 * columnsLost
            ? along(along(image, rows: true, to: height), rows: false, to: width)
            : along(along(image, rows: false, to: width), rows: true, to: height)
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
