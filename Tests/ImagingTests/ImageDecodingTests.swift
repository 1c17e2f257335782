import Testing

@testable import Imaging

struct DecodableImage: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let width: Int
    let height: Int
    let composited: String
    let discarded: String

    var testDescription: String { file }
    static let all: [DecodableImage] = (try? Fixtures.rows("images.json", as: DecodableImage.self)) ?? []
}

@Suite("Decoding PNG and JPEG")
struct ImageDecodingTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(DecodableImage.all.count > 80)
    }

    @Test("gives the pixels that the fixture script computed", arguments: DecodableImage.all)
    func pixels(of row: DecodableImage) throws {
        let file = try Fixtures.file("images/\(row.file)")
        let composited = try RGBImage(decoding: file)
        #expect(composited.width == row.width)
        #expect(composited.height == row.height)
        #expect(sha256(composited.pixels) == row.composited)
        #expect(try sha256(RGBImage(decoding: file, alpha: .discard).pixels) == row.discarded)
    }

    @Test(
        "refuses every file that is cut short, wherever it is cut",
        arguments: [
            "grey_1.png", "palette_8_transparent_interlaced.png", "rgba_16.png", "orientation_after_pixels.png",
            "orientation_raw_profile_compressed.png", "baseline_420.jpg", "progressive_444.jpg", "grey.jpg",
            "restart_markers.jpg", "ycck.jpg", "orientation_6.jpg",
        ])
    func everyPrefix(of name: String) throws {
        let file = try Fixtures.file("images/\(name)")
        for length in 0..<file.count {
            #expect(throws: ImageError.self, "\(length) of \(file.count) bytes") {
                try RGBImage(decoding: Array(file.prefix(length)))
            }
        }
    }

    @Test("says that a file is cut short", arguments: [("rgb_8.png", ImageFormat.png), ("grey.jpg", .jpeg)])
    func truncation(of name: String, format: ImageFormat) throws {
        let file = try Fixtures.file("images/\(name)")
        #expect(throws: ImageError.truncated(format)) {
            try RGBImage(decoding: Array(file.dropLast(9)))
        }
    }

    @Test(
        "survives any byte being changed",
        arguments: ["palette_4_transparent_interlaced.png", "progressive_420.jpg", "cmyk.jpg", "orientation_5.jpg"])
    func changedBytes(of name: String) throws {
        let file = try Fixtures.file("images/\(name)")
        let limits = ImageLimits(maxPixels: 1_000_000)
        for position in file.indices {
            for change: UInt8 in [0x01, 0x80, 0xFF] {
                var changed = file
                changed[position] ^= change
                _ = try? RGBImage(decoding: changed, limits: limits)
            }
        }
    }

    @Test("JPEG metadata in very many segments costs no more than its bytes", .timeLimit(.minutes(5)))
    func manySegments() throws {
        let file = try Fixtures.file("images/baseline_420.jpg")
        let segments = repeatElement([0xFF, 0xE1, 0x00, 0x02] as [UInt8], count: 200_000).joined()
        let stuffed = file.prefix(2) + segments + file.dropFirst(2)
        #expect(try RGBImage(decoding: Array(stuffed)) == RGBImage(decoding: file))
    }
}
