import Imaging
import Testing

@Suite("Encoding PNG")
struct PNGEncoderTests {
    static let sizes = [(1, 1), (1, 9), (7, 3), (8, 8), (9, 2), (64, 5), (201, 33)]

    @Test("RGB comes back as it was", arguments: sizes)
    func rgb(width: Int, height: Int) throws {
        let image = RGBImage.noise(width: width, height: height, seed: 4)
        #expect(try RGBImage(decoding: PNGEncoder.encode(image)) == image)
    }

    @Test("greyscale comes back with three equal channels", arguments: sizes)
    func greyscale(width: Int, height: Int) throws {
        let grey = noise(width * height, seed: 5)
        let decoded = try RGBImage(decoding: PNGEncoder.encode(greyscale: grey, width: width, height: height))
        #expect(decoded == RGBImage(width: width, height: height, pixels: grey.flatMap { [$0, $0, $0] }))
    }

    @Test("a mask comes back as its rows were written", arguments: sizes)
    func mask(width: Int, height: Int) throws {
        let mask = noise(width * height, seed: 8).map { $0 < 128 ? UInt8(0) : 255 }
        let decoded = try RGBImage(decoding: PNGEncoder.encodeMask(width: width, height: height, row: rows(of: mask)))
        #expect(decoded == RGBImage(width: width, height: height, pixels: mask.flatMap { [$0, $0, $0] }))
    }

    @Test("a mask with an impossible side is refused", arguments: [(0, 1), (1, 0), (-1, 1), (1, Int(Int32.max) + 1)])
    func impossibleMask(width: Int, height: Int) {
        #expect(throws: PNGEncodingError.impossibleSize(width: width, height: height, bytes: 0)) {
            try PNGEncoder.encodeMask(width: width, height: height) { _, _ in }
        }
    }

    @Test("bilevel comes back black and white", arguments: sizes)
    func bilevel(width: Int, height: Int) throws {
        let mask = noise(width * height, seed: 6).map { $0 < 128 ? 0 : $0 }
        let file = try PNGEncoder.encodeBilevel(width: width, height: height, row: rows(of: mask))
        let decoded = try RGBImage(decoding: file)
        let expected = mask.flatMap { [UInt8](repeating: $0 == 0 ? 0 : 255, count: 3) }
        #expect(decoded == RGBImage(width: width, height: height, pixels: expected))
    }

    @Test("RGBA comes back: its colours, and its alpha laid over white or black", arguments: sizes)
    func rgba(width: Int, height: Int) throws {
        let pixels = noise(width * height * 4, seed: 7)
        let file = try PNGEncoder.encodeRGBA(width: width, height: height, row: rows(of: pixels))
        let colours = pixels.indices.filter { $0 % 4 != 3 }
        #expect(try RGBImage(decoding: file, alpha: .discard).pixels == colours.map { pixels[$0] })
        func laid(over background: Int) -> [UInt8] {
            colours.map { index in
                let (colour, alpha) = (Int(pixels[index]), Int(pixels[index / 4 * 4 + 3]))
                return UInt8((2 * (colour * alpha + background * (255 - alpha)) + 255) / 510)
            }
        }
        #expect(try RGBImage(decoding: file).pixels == laid(over: 255))
        #expect(try RGBImage(decoding: file, alpha: .compositeOnBlack).pixels == laid(over: 0))
    }

    @Test("a mask of a 12-megapixel picture is small")
    func compression() throws {
        let (width, height) = (4000, 3000)
        let file = try PNGEncoder.encodeMask(width: width, height: height) { row, bytes in
            bytes.update(repeating: 0)
            for column in row..<row + 1500 where (500..<2000).contains(row) { bytes[column] = 255 }
        }
        #expect(file.count < 100_000)
    }

    @Test("says which kind of PNG it is in the header", arguments: [(1, 0), (8, 0), (8, 2), (8, 6)])
    func header(bitDepth: Int, colorType: Int) throws {
        let file =
            switch (bitDepth, colorType) {
            case (1, _): try PNGEncoder.encodeBilevel(width: 2, height: 1, row: rows(of: [0, 1]))
            case (_, 0): try PNGEncoder.encode(greyscale: [0, 1], width: 2, height: 1)
            case (_, 2): try PNGEncoder.encode(RGBImage(width: 2, height: 1, pixels: [0, 1, 2, 3, 4, 5]))
            default: try PNGEncoder.encodeRGBA(width: 2, height: 1, row: rows(of: [0, 1, 2, 3, 4, 5, 6, 7]))
            }
        #expect(file[24] == bitDepth)
        #expect(file[25] == colorType)
    }

    @Test(
        "refuses sizes that do not fit the pixels",
        arguments: [(0, 4), (4, 0), (-2, -2), (3, 2), (Int.max, 2), (1 << 32, 1 << 32), (Int(Int32.max) + 1, 1)])
    func impossibleSizes(width: Int, height: Int) {
        let expected = PNGEncodingError.impossibleSize(width: width, height: height, bytes: 4)
        let pixels = [UInt8](repeating: 0, count: 4)
        #expect(throws: expected) { try PNGEncoder.encode(greyscale: pixels, width: width, height: height) }
        #expect(expected.description.contains("4 bytes"))
    }
}

/// Pixels that are there, row by row.
func rows(of pixels: [UInt8]) -> PNGEncoder.RowSource<UInt8> {
    { row, target in
        for index in target.indices { target[index] = pixels[row * target.count + index] }
    }
}
