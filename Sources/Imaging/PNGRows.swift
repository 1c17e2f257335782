internal import CPNG

/// Encoding from rows that are made while the file is: a large picture need never exist as pixels.
///
/// In all of these, `row` writes the row of the given number and is called once for each, from the top.
extension PNGEncoder {
    /// Writes a row of samples.
    public typealias RowSource<Sample> = (_ number: Int, _ samples: UnsafeMutableBufferPointer<Sample>) -> Void

    /// 8-bit greyscale, one byte a pixel, of which few differ from the one to their left: packed in half the time.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeMask(
        width: Int, height: Int, text: [PNGText] = [], row: RowSource<UInt8>
    ) throws(PNGEncodingError) -> [UInt8] {
        try encodeRows(
            .greyscale, width: width, height: height, compression: .runs, text: text, row: row)
    }

    /// 1-bit black and white from one byte a pixel: 0 is black, anything else white.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeBilevel(
        width: Int, height: Int, text: [PNGText] = [], row: RowSource<UInt8>
    ) throws(PNGEncodingError) -> [UInt8] {
        try encodeRows(
            .bilevel, width: width, height: height, compression: .smallest, text: text, row: row)
    }

    /// 16-bit greyscale, one number a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeGreyscale16(
        width: Int, height: Int, text: [PNGText] = [], row: RowSource<UInt16>
    ) throws(PNGEncodingError) -> [UInt8] {
        try encodeRows(
            .greyscale16, width: width, height: height, compression: .photograph, text: text, row: row)
    }

    /// 8-bit RGB, 3 bytes a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeRGB(
        width: Int, height: Int, text: [PNGText] = [], row: RowSource<UInt8>
    ) throws(PNGEncodingError) -> [UInt8] {
        try encodeRows(
            .rgb, width: width, height: height, compression: .photograph, text: text, row: row)
    }

    /// 8-bit RGB with straight (not premultiplied) alpha, 4 bytes a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeRGBA(
        width: Int, height: Int, text: [PNGText] = [], row: RowSource<UInt8>
    ) throws(PNGEncodingError) -> [UInt8] {
        try encodeRows(
            .rgba, width: width, height: height, compression: .photograph, text: text, row: row)
    }

    /// Numbers of palette entries, one byte a pixel; in the file, as few bits a pixel as the palette allows.
    ///
    /// - Precondition: `palette` has 1 to 256 colours, and each number in a row is one of its entries'.
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeIndexed(
        width: Int, height: Int, palette: [RGBColor], text: [PNGText] = [], row: RowSource<UInt8>
    ) throws(PNGEncodingError) -> [UInt8] {
        precondition((1...256).contains(palette.count), "a palette has 1 to 256 colours")
        let last = UInt8(palette.count - 1)
        return try encodeRows(
            .indexed(palette: palette), width: width, height: height, compression: .runs, text: text
        ) { number, samples in
            row(number, samples)
            precondition(samples.allSatisfy { $0 <= last }, "numbers of entries of the palette")
        }
    }

    static func encodeRows<Sample: BitwiseCopyable & ExpressibleByIntegerLiteral>(
        _ samples: PNGSamples, width: Int, height: Int, compression: cpng_compression, text: [PNGText] = [],
        row: RowSource<Sample>
    ) throws(PNGEncodingError) -> [UInt8] {
        guard sides.contains(width), sides.contains(height) else {
            throw .impossibleSize(width: width, height: height, bytes: 0)
        }
        let writer = try PNGWriter(width: width, height: height, samples: samples, compression: compression)
        for text in text { try writer.add(text) }
        var buffer = [Sample](repeating: 0, count: width * samples.bytesPerPixel / MemoryLayout<Sample>.size)
        try buffer.withUnsafeMutableBufferPointer { buffer throws(PNGEncodingError) in
            for number in 0..<height {
                row(number, buffer)
                try writer.write(row: UnsafeRawBufferPointer(buffer))
            }
        }
        return try writer.finish()
    }
}
