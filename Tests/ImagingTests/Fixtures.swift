import Foundation

@testable import Imaging

/// What `Fixtures/make_fixtures.py` made.
enum Fixtures {
    static func file(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: directory.appending(path: name)))
    }

    static func rows<Row: Decodable>(_ name: String, as: Row.Type) throws -> [Row] {
        try JSONDecoder().decode([Row].self, from: Data(file(name)))
    }

    private static let directory = Bundle.module.bundleURL.appending(path: "Fixtures")
}

/// A linear congruential generator's top eight bits: the same bytes as `noise` in `make_fixtures.py`.
func noise(_ count: Int, seed: Int) -> [UInt8] {
    var state = UInt32(seed)
    return (0..<count).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
    }
}

extension RGBImage {
    static func noise(width: Int, height: Int, seed: Int) -> RGBImage {
        RGBImage(width: width, height: height, pixels: ImagingTests.noise(width * height * 3, seed: seed))
    }
}
