/// What a PNG or JPEG file says of its picture, without decoding it.
public struct ImageHeader: Sendable, Equatable {
    /// Pixels in a row, as stored.
    public let width: Int
    /// Rows, as stored.
    public let height: Int
    /// What decoding allocates for pixels at most: two copies while the picture is turned upright. libjpeg's own memory,
    /// which ``ImageLimits/maxWorkingBytes`` bounds, is not in it.
    public var decodingBytes: Int { width * height * 6 }

    /// Reads the header of a file, whichever of both it turns out to be.
    public init(reading bytes: [UInt8], limits: ImageLimits = ImageLimits()) throws(ImageError) {
        guard !bytes.isEmpty else { throw .empty }
        (width, height) = try bytes.withUnsafeBufferPointer { file throws(ImageError) in
            switch ImageFormat.detect(file) {
            case .png: try PNGReader.size(file, limits: limits)
            case .jpeg: try JPEGReader.size(file, limits: limits)
            case nil: throw .unknownFormat
            }
        }
    }
}
