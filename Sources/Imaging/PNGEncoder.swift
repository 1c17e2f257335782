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
        return try encode(greyscale, width: width, height: height, color: .greyscale, rowBytes: width)
    }

    /// 8-bit greyscale, one byte a pixel, of which few differ from the one to their left: packed in half the time.
    ///
    /// - Parameter row: writes the row of the given number, `width` bytes; called once for each, from the top.
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is 0 or longer than PNG can say.
    public static func encodeMask(
        width: Int, height: Int, row: (_ number: Int, _ bytes: UnsafeMutableBufferPointer<UInt8>) -> Void
    ) throws(PNGEncodingError) -> [UInt8] {
        guard sides.contains(width), sides.contains(height) else {
            throw .impossibleSize(width: width, height: height, bytes: 0)
        }
        let writer = try PNGWriter(
            width: width, height: height, color: .greyscale, compression: .runs, rowBytes: width)
        var bytes = [UInt8](repeating: 0, count: width)
        try bytes.withUnsafeMutableBufferPointer { bytes throws(PNGEncodingError) in
            for number in 0..<height {
                row(number, bytes)
                try writer.write(row: UnsafeBufferPointer(bytes))
            }
        }
        return try writer.finish()
    }

    /// 1-bit black and white from one byte a pixel: 0 is black, anything else white.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height` bytes.
    public static func encode(bilevel: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        try checkSize(width: width, height: height, channels: 1, bytes: bilevel.count)
        return try encode(
            packedBits(bilevel, width: width, height: height), width: width, height: height, bitDepth: 1,
            color: .greyscale, rowBytes: (width + 7) / 8)
    }

    /// 8-bit RGB, 3 bytes a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height * 3` bytes.
    public static func encode(rgb: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        try checkSize(width: width, height: height, channels: 3, bytes: rgb.count)
        return try encode(rgb, width: width, height: height, color: .rgb, rowBytes: width * 3)
    }

    /// 8-bit RGB with straight (not premultiplied) alpha, 4 bytes a pixel.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` unless there are `width * height * 4` bytes.
    public static func encode(rgba: [UInt8], width: Int, height: Int) throws(PNGEncodingError) -> [UInt8] {
        try checkSize(width: width, height: height, channels: 4, bytes: rgba.count)
        return try encode(rgba, width: width, height: height, color: .rgba, rowBytes: width * 4)
    }

    /// 8-bit RGB.
    ///
    /// - Throws: ``PNGEncodingError/impossibleSize(width:height:bytes:)`` if a side is longer than PNG can say.
    public static func encode(_ image: RGBImage) throws(PNGEncodingError) -> [UInt8] {
        try encode(rgb: image.pixels, width: image.width, height: image.height)
    }

    /// Sides of a PNG have 31 bits (PNG, section 11.2.1).
    private static let sides = 1...Int(Int32.max)

    private static func checkSize(width: Int, height: Int, channels: Int, bytes: Int) throws(PNGEncodingError) {
        guard sides.contains(width), sides.contains(height),
            width.multipliedReportingOverflow(by: height) == (bytes / channels, false), bytes % channels == 0
        else { throw .impossibleSize(width: width, height: height, bytes: bytes) }
    }

    /// Eight pixels a byte, the leftmost in the highest bit (PNG, section 7.2).
    private static func packedBits(_ bilevel: [UInt8], width: Int, height: Int) -> [UInt8] {
        let rowBytes = (width + 7) / 8
        var packed = [UInt8](repeating: 0, count: rowBytes * height)
        for row in 0..<height {
            for column in 0..<width where bilevel[row * width + column] != 0 {
                packed[row * rowBytes + column / 8] |= 0x80 >> UInt8(column % 8)
            }
        }
        return packed
    }

    private static func encode(
        _ rows: [UInt8], width: Int, height: Int, bitDepth: Int32 = 8, color: cpng_color, rowBytes: Int
    ) throws(PNGEncodingError) -> [UInt8] {
        let writer = try PNGWriter(
            width: width, height: height, bitDepth: bitDepth, color: color,
            compression: color == .greyscale ? .smallest : .photograph, rowBytes: rowBytes)
        try rows.withUnsafeBufferPointer { rows throws(PNGEncodingError) in
            for row in 0..<height {
                try writer.write(row: UnsafeBufferPointer(rebasing: rows[row * rowBytes..<(row + 1) * rowBytes]))
            }
        }
        return try writer.finish()
    }
}
