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
        try checkSize(width: width, height: height, channels: 1, bytes: greyscale.count)
        return try encode(greyscale, width: width, height: height, samples: .greyscale, compression: .smallest)
    }

    /// 1-bit black and white from one byte a pixel: 0 is black, anything else white.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height` bytes.
    public static func encode(bilevel: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        try checkSize(width: width, height: height, channels: 1, bytes: bilevel.count)
        return try encode(bilevel, width: width, height: height, samples: .bilevel, compression: .smallest)
    }

    /// 8-bit RGB, 3 bytes a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height * 3` bytes.
    public static func encode(rgb: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        try checkSize(width: width, height: height, channels: 3, bytes: rgb.count)
        return try encode(rgb, width: width, height: height, samples: .rgb, compression: .photograph)
    }

    /// 8-bit RGB with straight (not premultiplied) alpha, 4 bytes a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height * 4` bytes.
    public static func encode(rgba: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        try checkSize(width: width, height: height, channels: 4, bytes: rgba.count)
        return try encode(rgba, width: width, height: height, samples: .rgba, compression: .photograph)
    }

    /// 8-bit RGB.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is longer than PNG can say.
    public static func encode(_ image: RGBImage) throws(PNGEncodingError) -> [UInt8] {
        try encode(rgb: image.pixels, width: image.width, height: image.height)
    }

    /// Sides of a PNG have 31 bits (PNG, section 11.2.1).
    static let sides = 1...Int(Int32.max)

    private static func checkSize(width: Int, height: Int, channels: Int, bytes: Int) throws(PNGEncodingError) {
        guard sides.contains(width), sides.contains(height),
            width.multipliedReportingOverflow(by: height) == (bytes / channels, false), bytes % channels == 0
        else { throw .impossibleSize(width: width, height: height, bytes: bytes) }
    }

    private static func encode(
        _ pixels: [UInt8], width: Int, height: Int, samples: PNGSamples, compression: cpng_compression
    ) throws(PNGEncodingError) -> [UInt8] {
        let writer = try PNGWriter(width: width, height: height, samples: samples, compression: compression)
        let rowBytes = width * samples.bytesPerPixel
        try pixels.withUnsafeBufferPointer { pixels throws(PNGEncodingError) in
            let pixels = UnsafeRawBufferPointer(pixels)
            for row in 0..<height {
                try writer.write(row: UnsafeRawBufferPointer(rebasing: pixels[row * rowBytes..<(row + 1) * rowBytes]))
            }
        }
        return try writer.finish()
    }
}
