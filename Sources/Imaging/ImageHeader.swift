/// What a PNG or JPEG file says of its picture, without decoding it.
public struct ImageHeader: Sendable, Equatable {
    /// Pixels in a row, as stored.
    public let width: Int
    /// Rows, as stored.
    public let height: Int
    /// The size at which the picture is decoded, as stored: smaller than the file's if that is a JPEG to be reduced.
    let decodedSize: ImageSize
    /// Bytes a pixel while it is decoded: 3, or 4 with alpha or of CMYK.
    let channels: Int
    /// What the codec keeps in memory beside the pixels, if that grows with the picture: with all of it, however small it is
    /// decoded.
    let workingBytes: Int

    /// What decoding takes at most: the pixels and what the codec keeps beside them, or two copies of the pixels while the
    /// picture is turned upright.
    public var decodingBytes: Int { max(decodedSize.pixels * channels + workingBytes, decodedSize.pixels * 6) }

    /// Reads the header of a file, whichever of both it turns out to be.
    ///
    /// - Parameters:
    ///   - bytes: The file, or as much of it as has the header.
    ///   - limits: About the size as stored.
    ///   - leastSize: What `ReducedImage` is going to be asked for; nil if the picture is going to be decoded whole.
    public init(
        reading bytes: [UInt8], limits: ImageLimits = ImageLimits(), leastSize: ImageSize? = nil
    ) throws(ImageError) {
        guard !bytes.isEmpty else { throw .empty }
        self = try bytes.withUnsafeBufferPointer { file throws(ImageError) in
            switch ImageFormat.detect(file) {
            case .png: try PNGReader.imageHeader(file, limits: limits)
            case .jpeg: try JPEGReader.imageHeader(file, limits: limits, leastSize: leastSize)
            case nil: throw .unknownFormat
            }
        }
    }

    init(width: Int, height: Int, decodedSize: ImageSize, channels: Int, workingBytes: Int) {
        self.width = width
        self.height = height
        self.decodedSize = decodedSize
        self.channels = channels
        self.workingBytes = workingBytes
    }
}
