import Imaging
import Testing

@Suite struct ImageHeaderTests {
    @Test("The header tells the size as stored", arguments: ["rgb_8.png", "orientation_6.jpg", "progressive_420.jpg"])
    func size(name: String) throws {
        let bytes = try Fixtures.file("images/\(name)")
        let header = try ImageHeader(reading: bytes)
        let image = try RGBImage(decoding: bytes)
        #expect([header.width, header.height].sorted() == [image.width, image.height].sorted())
        #expect(header.decodingBytes >= 2 * image.pixels.count)
    }

    /// A JPEG file up to the begin of its first scan.
    struct JPEGBeginning: CustomTestStringConvertible {
        let testDescription: String
        let frame: UInt8
        let sampling: [UInt8]
        let componentsInScan: Int
        let decodingBytes: Int

        /// 8000 × 7500 pixels.
        var file: [UInt8] {
            var bytes: [UInt8] = [0xFF, 0xD8, 0xFF, frame, 0, UInt8(8 + 3 * sampling.count), 8, 0x1D, 0x4C, 0x1F, 0x40]
            bytes.append(UInt8(sampling.count))
            for (id, factors) in sampling.enumerated() { bytes += [UInt8(id), factors, 0] }
            bytes += [0xFF, 0xDA, 0, UInt8(6 + 2 * componentsInScan), UInt8(componentsInScan)]
            for id in 0..<componentsInScan { bytes += [UInt8(id), 0] }
            return bytes + [0, frame == 0xC2 ? 0 : 63, 0]
        }
    }

    // In blocks of 64 coefficients of 2 bytes, 8000 × 7500 pixels are 1000 × 938, at half the resolution 500 × 469.
    @Test(
        "The coefficients that libjpeg keeps of a file in several scans count as memory that decoding takes",
        arguments: [
            JPEGBeginning(
                testDescription: "baseline", frame: 0xC0, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                decodingBytes: 360_000_000),
            JPEGBeginning(
                testDescription: "progressive", frame: 0xC2, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                decodingBytes: 180_000_000 + 3 * 1000 * 938 * 128),
            JPEGBeginning(
                testDescription: "progressive, colours at half the resolution", frame: 0xC2,
                sampling: [0x22, 0x11, 0x11], componentsInScan: 3,
                decodingBytes: 180_000_000 + (1000 * 938 + 2 * 500 * 469) * 128),
            JPEGBeginning(
                testDescription: "a scan for each colour", frame: 0xC0, sampling: [0x11, 0x11, 0x11],
                componentsInScan: 1, decodingBytes: 180_000_000 + 3 * 1000 * 938 * 128),
            JPEGBeginning(
                testDescription: "progressive CMYK", frame: 0xC2, sampling: [0x11, 0x11, 0x11, 0x11],
                componentsInScan: 4, decodingBytes: 240_000_000 + 4 * 1000 * 938 * 128),
        ])
    func coefficients(beginning: JPEGBeginning) throws {
        #expect(try ImageHeader(reading: beginning.file).decodingBytes == beginning.decodingBytes)
    }

    @Test("What claims too many pixels, or is no image, is refused")
    func refused() throws {
        let bytes = try Fixtures.file("images/rgb_8.png")
        #expect(throws: ImageError.self) { try ImageHeader(reading: bytes, limits: ImageLimits(maxPixels: 1)) }
        #expect(throws: ImageError.unknownFormat) { try ImageHeader(reading: [1, 2, 3]) }
        #expect(throws: ImageError.empty) { try ImageHeader(reading: []) }
    }
}
