import Testing

@testable import Imaging

/// What SciPy, scikit-image and pycocotools make of a mask: `Fixtures/make_masks.py`.
struct MaskReference: Decodable, Sendable, CustomTestStringConvertible {
    struct Components: Decodable {
        let count: Int
        let areas: [Int]
        let boxes: [[Int]]
        let centroids: [[Double]]
    }

    static let radii = [0, 0.5, 1, 1.5, 2, 2.83, 5, 7.3, 40]
    static let feathers = [0.7, 1, 3, 4.5]

    let width: Int
    let height: Int
    let seed: Int
    let spread: Int
    let level: Int
    let area: Int
    let four: Components
    let eight: Components
    let withoutSmall: String
    let filled: String
    let filledFour: String
    let grown: [String]
    let shrunk: [String]
    let feathered: [String]
    let holes: Int
    let runLengths: [Int]
    let runLengthString: String
    let runLengthArea: Int

    var mask: BinaryMask { .drawn(width: width, height: height, seed: seed, spread: spread, level: level) }
    var testDescription: String { "\(width)×\(height), seed \(seed)" }

    static let all: [MaskReference] = (try? Fixtures.rows("masks.json", as: MaskReference.self)) ?? []

    enum CodingKeys: String, CodingKey {
        case width, height, seed, spread, level, area, four, eight, filled, grown, shrunk, feathered, holes
        case withoutSmall = "without_small"
        case filledFour = "filled_four"
        case runLengths = "rle_counts"
        case runLengthString = "rle"
        case runLengthArea = "rle_area"
    }
}
