internal import CPNG

/// Writes PNG files, not interlaced: greyscale packed for size, colour for speed.
///
/// Pixels are row-major from the top left without padding. A file is a function of the pixels alone: no time stamp, no
/// metadata.
public enum PNGEncoder {
    /// 8-bit greyscale, one byte a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height` bytes.
    public static func encode(greyscale: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        guard sides.contains(width), sides.contains(height),
            width.multipliedReportingOverflow(by: height) == (greyscale.count, false)
        else { throw .impossibleSize(width: width, height: height, bytes: greyscale.count) }
        return try encodeRows(
            .greyscale, width: width, height: height, compression: .smallest, row: rows(of: greyscale))
    }

    /// 8-bit RGB.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is longer than PNG can say.
    public static func encode(_ image: RGBImage) throws(PNGEncodingError) -> [UInt8] {
        try encodeRGB(width: image.width, height: image.height, row: rows(of: image.pixels))
    }

    private static func rows(of pixels: [UInt8]) -> RowSource<UInt8> {
        { number, samples in
            let start = number * samples.count
            _ = samples.update(fromContentsOf: pixels[start..<start + samples.count])
        }
    }

    /// Sides of a PNG have 31 bits (PNG, section 11.2.1).
    static let sides = 1...Int(Int32.max)
}
