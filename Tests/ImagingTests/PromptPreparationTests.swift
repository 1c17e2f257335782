import Testing

@testable import Imaging

struct PreparedPrompt: Decodable, Sendable, CustomTestStringConvertible {
    let size: [Int]
    let box: [Int]
    let style: String
    let darkness: [UInt8]
    let out: [Int]
    let every: Int
    let values: [UInt8]

    var testDescription: String { "\(style), \(size)" }
    static let all: [PreparedPrompt] = (try? Fixtures.rows("prompts.json", as: PreparedPrompt.self)) ?? []

    /// The picture and the mask that `Fixtures/make_compositing.py` draws.
    var drawn: (image: RGBImage, mask: BinaryMask) {
        let (width, height) = (size[0], size[1])
        let plane = FloatPlane.drawn(width: width, height: height, seed: 31, spread: 2)
        let image = RGBImage(
            width: width, height: height,
            pixels: plane.values.flatMap { value in [255, 200, 150].map { UInt8(value * $0) } })
        let inner = BinaryMask.drawn(width: box[2], height: box[3], seed: 32, spread: 1, level: 100)
        var values = [UInt8](repeating: 0, count: width * height)
        for pixel in inner.values.indices {
            values[(box[1] + pixel / box[2]) * width + box[0] + pixel % box[2]] = inner.values[pixel]
        }
        return (image, BinaryMask(width: width, height: height, values: values))
    }
}

@Suite("Preparing pictures to be prompts")
struct PromptPreparationTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(Set(PreparedPrompt.all.map(\.style)) == Set(PromptStyle.allCases.map(\.rawValue)))
    }

    @Test("is as OpenCV and Pillow do it, but for rounding", arguments: PreparedPrompt.all)
    func reference(row: PreparedPrompt) throws {
        let (image, mask) = row.drawn
        let darkness = RGBColor(red: row.darkness[0], green: row.darkness[1], blue: row.darkness[2])
        let prepared = try image.prepared(
            asPromptFor: mask, style: #require(PromptStyle(rawValue: row.style)), darkness: darkness)
        #expect([prepared.width, prepared.height] == row.out)
        let values = stride(from: 0, to: prepared.pixels.count, by: row.every).map { prepared.pixels[$0] }
        #expect(values.count == row.values.count)
        // A value of the drawn picture may be rounded otherwise, and so may what is made of it.
        for (value, expected) in zip(values, row.values) { #expect(abs(Int(value) - Int(expected)) <= 2) }
    }

    @Test("leaves a picture without a mask as it is", arguments: PromptStyle.allCases)
    func whole(style: PromptStyle) throws {
        let image = RGBImage.noise(width: 9, height: 5, seed: 1)
        #expect(try image.prepared(asPromptFor: nil, style: style) == image)
    }

    @Test("refuses masks that are empty or another picture's")
    func refused() {
        let image = RGBImage.noise(width: 3, height: 1, seed: 1)
        #expect(throws: PromptMaskError.empty) { try image.prepared(asPromptFor: BinaryMask("...")) }
        let expected = PromptMaskError.otherSize(
            mask: ImageSize(width: 2, height: 1), image: ImageSize(width: 3, height: 1))
        #expect(throws: expected) { try image.prepared(asPromptFor: BinaryMask("##")) }
        #expect(expected.description.contains("2 × 1") && PromptMaskError.empty.description.contains("empty"))
    }
}
