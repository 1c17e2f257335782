/// What a file may cost to decode. A few bytes can claim a picture of gigabytes, or one that takes minutes.
///
/// Sizes are checked against what the file's header says, before memory for pixels is allocated.
public struct ImageLimits: Sendable, Equatable {
    /// The largest `width * height`. A decoded picture takes 3 bytes a pixel, 4 while it is being decoded if the file has
    /// an alpha channel or is CMYK, and twice 3 while it is being turned upright.
    public var maxPixels: Int
    /// The largest width, and the largest height.
    public var maxSide: Int
    /// The most passes over the picture that a JPEG file may ask for. Ordinary progressive files have about ten.
    public var maxScans: Int
    /// The most bytes that libjpeg may use beside the pixels. A progressive file needs 2 bytes per coefficient: 6 a pixel
    /// without chroma subsampling.
    public var maxWorkingBytes: Int

    /// Limits that let through what cameras make: 64 megapixels, 65 535 pixels a side, 64 scans, 512 MiB.
    public init(
        maxPixels: Int = 64_000_000, maxSide: Int = 65_535, maxScans: Int = 64, maxWorkingBytes: Int = 512 << 20
    ) {
        self.maxPixels = maxPixels
        self.maxSide = maxSide
        self.maxScans = maxScans
        self.maxWorkingBytes = maxWorkingBytes
    }

    func check(width: Int, height: Int) throws(ImageError) {
        guard width <= maxSide, height <= maxSide else {
            throw .sideTooLong(width: width, height: height, limit: maxSide)
        }
        guard width * height <= maxPixels else {
            throw .tooManyPixels(width: width, height: height, limit: maxPixels)
        }
    }
}
