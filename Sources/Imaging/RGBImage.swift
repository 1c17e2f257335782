/// A picture in 8-bit RGB: row-major from the top left, interleaved, 3 bytes a pixel, no padding between rows.
public struct RGBImage: Sendable, Equatable {
    /// Pixels in a row; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// `height * width * 3` bytes: red, green, blue of each pixel.
    public let pixels: [UInt8]

    /// Takes `pixels` as they are.
    ///
    /// - Precondition: `width` and `height` are at least 1, and `pixels.count == width * height * 3`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        precondition(pixels.count == width * height * 3, "an RGB image has three bytes a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}
