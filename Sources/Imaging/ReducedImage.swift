/// A picture that is going to be shrunk, decoded with fewer pixels than its file has where that is faster.
///
/// A JPEG file is decoded at half, a quarter or an eighth of its size, the smallest that is at least `leastSize`: libjpeg
/// leaves out the high frequencies. Pixels are then not quite those of decoding all and shrinking. PNG is decoded whole.
public struct ReducedImage: Sendable, Equatable {
    /// The picture, upright.
    public let image: RGBImage
    /// The size that the whole picture has, upright.
    public let originalSize: ImageSize

    /// Decodes as `RGBImage(decoding:limits:alpha:)` does, but for the size. The limits are about the original size.
    public init(
        decoding bytes: [UInt8], leastSize: ImageSize, limits: ImageLimits = ImageLimits(),
        alpha: AlphaHandling = .compositeOnWhite
    ) throws(ImageError) {
        guard ImageFormat.detect(bytes) == .jpeg else {
            image = try RGBImage(decoding: bytes, limits: limits, alpha: alpha)
            originalSize = ImageSize(width: image.width, height: image.height)
            return
        }
        let (stored, orientation, storedSize) = try bytes.withUnsafeBufferPointer { file throws(ImageError) in
            try JPEGReader.decode(file, limits: limits, leastSize: leastSize)
        }
        image = stored.upright(from: orientation)
        originalSize = storedSize.turned(by: orientation)
    }
}
