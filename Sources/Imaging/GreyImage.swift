/// A picture of one 8-bit channel, row-major from the top left: brightness, or opacity.
public struct GreyImage: Sendable, Equatable {
    /// Pixels in a row; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// `height * width` bytes.
    public let pixels: [UInt8]

    /// Takes `pixels` as they are.
    ///
    /// - Precondition: `width` and `height` are at least 1, and `pixels.count == width * height`.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        precondition(pixels.count == width * height, "a grey image has one byte a pixel")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// 255 for what belongs to the mask, else 0.
    public init(_ mask: BinaryMask) {
        self.init(width: mask.width, height: mask.height, pixels: mask.values.map { 0 &- $0 })
    }
}
