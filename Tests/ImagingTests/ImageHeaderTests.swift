import Testing

@testable import Imaging

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
        var orientation: UInt8?
        var leastSize: ImageSize?
        let decodingBytes: Int

        /// 8000 × 7500 pixels.
        var file: [UInt8] {
            var bytes: [UInt8] = [0xFF, 0xD8]
            if let orientation {
                bytes += [0xFF, 0xE1, 0, 34] + "Exif\0\0MM\0*".utf8 + [0, 0, 0, 8, 0, 1]
                bytes += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]
            }
            bytes += [0xFF, frame, 0, UInt8(8 + 3 * sampling.count), 8, 0x1D, 0x4C, 0x1F, 0x40, UInt8(sampling.count)]
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

    // An eighth of the size is 1000 × 938 pixels, as libjpeg rounds up, a quarter 2000 × 1875, half 4000 × 3750.
    @Test(
        "Decoding at reduced size takes the pixels of that size, and the coefficients of the whole",
        arguments: [
            JPEGBeginning(
                testDescription: "an eighth", frame: 0xC0, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                leastSize: ImageSize(width: 1000, height: 938), decodingBytes: 1000 * 938 * 6),
            JPEGBeginning(
                testDescription: "a quarter", frame: 0xC0, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                leastSize: ImageSize(width: 1001, height: 938), decodingBytes: 2000 * 1875 * 6),
            JPEGBeginning(
                testDescription: "half", frame: 0xC0, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                leastSize: ImageSize(width: 4000, height: 1876), decodingBytes: 4000 * 3750 * 6),
            JPEGBeginning(
                testDescription: "too small to be reduced", frame: 0xC0, sampling: [0x11, 0x11, 0x11],
                componentsInScan: 3, leastSize: ImageSize(width: 4001, height: 1), decodingBytes: 360_000_000),
            JPEGBeginning(
                testDescription: "on its head", frame: 0xC0, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                orientation: 3, leastSize: ImageSize(width: 1000, height: 938), decodingBytes: 1000 * 938 * 6),
            JPEGBeginning(
                testDescription: "on its side", frame: 0xC0, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                orientation: 6, leastSize: ImageSize(width: 938, height: 1000), decodingBytes: 1000 * 938 * 6),
            JPEGBeginning(
                testDescription: "on its side, too low for an eighth", frame: 0xC0, sampling: [0x11, 0x11, 0x11],
                componentsInScan: 3, orientation: 6, leastSize: ImageSize(width: 1000, height: 938),
                decodingBytes: 2000 * 1875 * 6),
            JPEGBeginning(
                testDescription: "progressive", frame: 0xC2, sampling: [0x11, 0x11, 0x11], componentsInScan: 3,
                leastSize: ImageSize(width: 704, height: 704), decodingBytes: 1000 * 938 * (3 + 3 * 128)),
            JPEGBeginning(
                testDescription: "a scan for each colour", frame: 0xC0, sampling: [0x11, 0x11, 0x11],
                componentsInScan: 1, leastSize: ImageSize(width: 704, height: 704),
                decodingBytes: 1000 * 938 * (3 + 3 * 128)),
            JPEGBeginning(
                testDescription: "progressive CMYK", frame: 0xC2, sampling: [0x11, 0x11, 0x11, 0x11],
                componentsInScan: 4, leastSize: ImageSize(width: 704, height: 704),
                decodingBytes: 1000 * 938 * (4 + 4 * 128)),
        ])
    func reduced(beginning: JPEGBeginning) throws {
        let header = try ImageHeader(reading: beginning.file, leastSize: beginning.leastSize)
        #expect(header.decodingBytes == beginning.decodingBytes)
        #expect((header.width, header.height) == (8000, 7500))
    }

    @Test("PNG is never reduced", arguments: ["rgb_8.png", "rgba_8.png"])
    func wholePNG(name: String) throws {
        let file = try Fixtures.file("images/\(name)")
        let header = try ImageHeader(reading: file, leastSize: ImageSize(width: 1, height: 1))
        #expect(header.decodingBytes == 13 * 11 * 6)
        #expect(header == (try ImageHeader(reading: file)))
    }

    @Test("The header tells the size at which the picture is then decoded", arguments: DecodableImage.all)
    func decodedSize(of row: DecodableImage) throws {
        let file = try Fixtures.file("images/\(row.file)")
        for (width, height) in [(1, 1), (5, 3), (3, 5), (10, 5), (5, 10), (row.width, row.height)] {
            let least = ImageSize(width: width, height: height)
            let size = try ImageHeader(reading: file, leastSize: least).decodedSize
            let image = try ReducedImage(decoding: file, leastSize: least).image
            #expect([size.width, size.height].sorted() == [image.width, image.height].sorted(), "\(width)×\(height)")
        }
    }

    @Test("What claims too many pixels, or is no image, is refused")
    func refused() throws {
        let bytes = try Fixtures.file("images/rgb_8.png")
        #expect(throws: ImageError.self) { try ImageHeader(reading: bytes, limits: ImageLimits(maxPixels: 1)) }
        #expect(throws: ImageError.unknownFormat) { try ImageHeader(reading: [1, 2, 3]) }
        #expect(throws: ImageError.empty) { try ImageHeader(reading: []) }
    }
}
