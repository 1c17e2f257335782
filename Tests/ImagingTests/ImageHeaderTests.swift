import Imaging
import Testing

@Suite struct ImageHeaderTests {
    @Test("The header tells the size as stored", arguments: ["rgb_8.png", "orientation_6.jpg", "progressive_420.jpg"])
    func size(name: String) throws {
        let bytes = try Fixtures.file("images/\(name)")
        let header = try ImageHeader(reading: bytes)
        let image = try RGBImage(decoding: bytes)
        #expect([header.width, header.height].sorted() == [image.width, image.height].sorted())
        #expect(header.decodingBytes == 2 * image.pixels.count)
    }

    @Test("What claims too many pixels, or is no image, is refused")
    func refused() throws {
        let bytes = try Fixtures.file("images/rgb_8.png")
        #expect(throws: ImageError.self) { try ImageHeader(reading: bytes, limits: ImageLimits(maxPixels: 1)) }
        #expect(throws: ImageError.unknownFormat) { try ImageHeader(reading: [1, 2, 3]) }
        #expect(throws: ImageError.empty) { try ImageHeader(reading: []) }
    }
}
