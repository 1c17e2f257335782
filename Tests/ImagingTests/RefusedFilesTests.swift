import Foundation
import Testing

@testable import Imaging

@Suite("Files that are refused")
struct RefusedFilesTests {
    @Test("an empty file is called empty")
    func empty() {
        #expect(throws: ImageError.empty) { try RGBImage(decoding: []) }
    }

    @Test("zeros and text with a picture's name are of unknown format")
    func unknownFormat() throws {
        #expect(throws: ImageError.unknownFormat) { try RGBImage(decoding: [UInt8](repeating: 0, count: 100)) }
        let text = try Fixtures.file("images/bad/text.png")
        #expect(throws: ImageError.unknownFormat) { try RGBImage(decoding: text) }
    }

    @Test(
        "damaged files are called corrupt",
        arguments: [
            ("no_width.png", ImageFormat.png), ("bad_depth.png", .png), ("bad_pixel_checksum.png", .png),
            ("bad_chunk_checksum.png", .png), ("too_few_pixels.png", .png), ("no_palette.png", .png),
            ("no_height.jpg", .jpeg), ("no_tables.jpg", .jpeg), ("cut_scan.jpg", .jpeg),
        ])
    func corrupt(name: String, format: ImageFormat) throws {
        let file = try Fixtures.file("images/bad/\(name)")
        let error = try #require(throws: ImageError.self) { try RGBImage(decoding: file) }
        guard case .corrupt(format, let reason) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(!reason.isEmpty)
    }

    @Test(
        "kinds of JPEG that libjpeg can't read are called unsupported", arguments: ["lossless.jpg", "twelve_bits.jpg"])
    func unsupported(name: String) throws {
        let file = try Fixtures.file("images/bad/\(name)")
        let error = try #require(throws: ImageError.self) { try RGBImage(decoding: file) }
        guard case .unsupported(.jpeg, _) = error else {
            Issue.record("\(error)")
            return
        }
    }

    @Test(
        "a header that claims too large a picture is refused for its size",
        arguments: [
            ("huge.png", ImageError.tooManyPixels(width: 65_535, height: 65_535, limit: 64_000_000)),
            ("huge.jpg", .tooManyPixels(width: 65_535, height: 65_535, limit: 64_000_000)),
            ("large.jpg", .tooManyPixels(width: 65_500, height: 65_500, limit: 64_000_000)),
            ("wide.png", .sideTooLong(width: 2_147_483_647, height: 1, limit: 65_535)),
        ])
    func tooLarge(name: String, expected: ImageError) throws {
        let file = try Fixtures.file("images/bad/\(name)")
        #expect(throws: expected) { try RGBImage(decoding: file) }
    }

    @Test("the pixel limit is the largest size that passes", arguments: ["rgb_8.png", "baseline_420.jpg"])
    func pixelLimit(name: String) throws {
        let file = try Fixtures.file("images/\(name)")
        let image = try RGBImage(decoding: file)
        let (width, height) = (image.width, image.height)
        let limit = width * height
        #expect(try RGBImage(decoding: file, limits: ImageLimits(maxPixels: limit)) == image)
        #expect(throws: ImageError.tooManyPixels(width: width, height: height, limit: limit - 1)) {
            try RGBImage(decoding: file, limits: ImageLimits(maxPixels: limit - 1))
        }
    }

    @Test("text that inflates without end is dropped, not the picture")
    func textBomb() throws {
        let file = try Fixtures.file("images/bad/text_bomb.png")
        #expect(try RGBImage(decoding: file) == RGBImage(width: 1, height: 1, pixels: [0, 0, 0]))
    }

    @Test("a JPEG of very many scans is refused, one of some is not")
    func scanLimit() throws {
        let bomb = try Fixtures.file("images/bad/scan_bomb.jpg")
        #expect(throws: ImageError.tooManyScans(limit: 64)) { try RGBImage(decoding: bomb) }
        let scans = try Fixtures.file("images/bad/scans.jpg")
        #expect(try RGBImage(decoding: scans).width == 8)
        #expect(throws: ImageError.tooManyScans(limit: 20)) {
            try RGBImage(decoding: scans, limits: ImageLimits(maxScans: 20))
        }
    }

    @Test("a JPEG that needs more working memory than allowed is refused")
    func memoryLimit() throws {
        let file = try Fixtures.file("images/tall_progressive.jpg")
        #expect(throws: ImageError.outOfMemory(.jpeg)) {
            try RGBImage(decoding: file, limits: ImageLimits(maxWorkingBytes: 1000))
        }
    }

    @Test(
        "every error says what to do",
        arguments: [
            ImageError.empty, .unknownFormat, .truncated(.png), .corrupt(.jpeg, reason: "Bogus marker length"),
            .unsupported(.jpeg, reason: "lossless"), .unsupported(.png, reason: "new"),
            .tooManyPixels(width: 9, height: 8, limit: 7), .sideTooLong(width: 9, height: 8, limit: 7),
            .tooManyScans(limit: 64), .outOfMemory(.png),
        ])
    func descriptions(of error: ImageError) {
        let text = error.description
        #expect(["end ", "onvert ", "Save ", "Scale ", "Export "].contains { text.contains($0) }, "\(text)")
    }

    @Test("a PNG chunk that claims more than the file holds costs no memory")
    func overlongChunk() throws {
        let file = try Fixtures.file("images/rgb_8.png")
        let endOfHeader = 33
        let claim: [UInt8] = [0x7A, 0, 0, 0] + Array("iTXtXML:com.adobe.xmp\0\0\0\0\0".utf8)
        let before = try peakMemory()
        #expect(throws: ImageError.truncated(.png)) {
            try RGBImage(decoding: Array(file.prefix(endOfHeader) + claim + file.dropFirst(endOfHeader)))
        }
        #expect(try peakMemory() - before < 1 << 30)
    }

    /// The most memory that this process has had, in bytes.
    private func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(separator: " ").dropLast().last ?? "")) << 10
    }
}
