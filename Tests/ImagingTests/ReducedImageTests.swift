import Testing

@testable import Imaging

@Suite("Decoding at reduced size")
struct ReducedImageTests {
    static let jpegs = DecodableImage.all.filter { $0.file.hasSuffix(".jpg") }

    @Test("the size is the smallest of an eighth, a quarter and a half that is large enough", arguments: jpegs)
    func size(of row: DecodableImage) throws {
        let file = try Fixtures.file("images/\(row.file)")
        for denominator in [8, 4, 2] {
            let expected = ImageSize(
                width: (row.width + denominator - 1) / denominator, height: (row.height + denominator - 1) / denominator
            )
            let reduced = try ReducedImage(decoding: file, leastSize: expected)
            #expect(reduced.originalSize == ImageSize(width: row.width, height: row.height))
            #expect(reduced.image.width >= expected.width && reduced.image.height >= expected.height)
            // A very small picture may be as large at the next denominator.
            #expect(reduced.image.width <= expected.width && reduced.image.height <= expected.height)
        }
    }

    @Test("what is not to be reduced is decoded exactly", arguments: DecodableImage.all)
    func whole(row: DecodableImage) throws {
        let file = try Fixtures.file("images/\(row.file)")
        let size = ImageSize(width: row.width, height: row.height)
        let least = row.file.hasSuffix(".png") ? ImageSize(width: 1, height: 1) : size
        let reduced = try ReducedImage(decoding: file, leastSize: least)
        guard row.width > 1 || row.height > 1 else { return }
        #expect(try reduced.image == RGBImage(decoding: file))
        #expect(reduced.originalSize == size)
    }

    @Test("the picture is the whole one shrunk, and stands upright", arguments: jpegs)
    func likeness(of row: DecodableImage) throws {
        let file = try Fixtures.file("images/\(row.file)")
        let (width, height) = ((row.width + 1) / 2, (row.height + 1) / 2)
        let reduced = try ReducedImage(decoding: file, leastSize: ImageSize(width: width, height: height)).image
        let shrunk = try RGBImage(decoding: file).resized(width: width, height: height, filter: .box)
        let difference = zip(reduced.pixels, shrunk.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
        #expect(Double(difference) / Double(shrunk.pixels.count) < 12)
    }

    @Test("a file that is cut short is refused", arguments: ["baseline_420.jpg", "progressive_444.jpg", "cmyk.jpg"])
    func everyPrefix(of name: String) throws {
        let file = try Fixtures.file("images/\(name)")
        for length in 0..<file.count {
            #expect(throws: ImageError.self, "\(length) of \(file.count) bytes") {
                try ReducedImage(decoding: Array(file.prefix(length)), leastSize: ImageSize(width: 1, height: 1))
            }
        }
    }

    @Test("limits are about the whole picture")
    func limits() throws {
        let file = try Fixtures.file("images/baseline_420.jpg")
        #expect(throws: ImageError.tooManyPixels(width: 37, height: 29, limit: 1072)) {
            try ReducedImage(
                decoding: file, leastSize: ImageSize(width: 1, height: 1), limits: ImageLimits(maxPixels: 1072))
        }
    }
}
