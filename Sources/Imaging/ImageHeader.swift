/// What a PNG or JPEG file says of its picture, without decoding it.
public struct ImageHeader: Sendable, Equatable {
    /// Pixels in a row, as stored.
    public let width: Int
    /// Rows, as stored.
    public let height: Int
    /// Bytes a pixel while it is decoded: 3, or 4 with alpha or of CMYK.
    let channels: Int
    /// What the codec keeps in memory beside the pixels, if that grows with the picture.
    let workingBytes: Int

    /// What decoding takes at most: the pixels and what the codec keeps beside them, or two copies of the pixels while the
    /// picture is turned upright.
    public var decodingBytes: Int { max(width * height * channels + workingBytes, width * height * 6) }

    /// Reads the header of a file, whichever of both it turns out to be.
    public init(reading bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(ImageError) {
        guard !bytes.isEmpty else { throw .empty }
        self = try bytes.withUnsafeBufferPointer { file throws(ImageError) in
            switch ImageFormat.detect(file) {
            case .png: try PNGReader.imageHeader(file, limits: limits)
            case .jpeg: try JPEGReader.imageHeader(file, limits: limits)
            case nil: throw .unknownFormat
            }
        }
    }

    init(width: Int, height: Int, channels: Int, workingBytes: Int) {
        self.width = width
        self.height = height
        self.channels = channels
        self.workingBytes = workingBytes
    }
}
