/// Why a file was not decoded.
public enum ImageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are no bytes at all.
    case empty
    /// The bytes begin with the signature of neither PNG nor JPEG.
    case unknownFormat
    /// The file ends before its picture does.
    case truncated(ImageFormat)
    /// The file breaks its format's rules; `reason` is the decoder library's.
    case corrupt(ImageFormat, reason: String)
    /// The file is valid, but of a kind that is not decoded here, such as lossless JPEG.
    case unsupported(ImageFormat, reason: String)
    /// More pixels than ``ImageLimits/maxPixels``.
    case tooManyPixels(width: Int, height: Int, limit: Int)
    /// Wider or higher than ``ImageLimits/maxSide``.
    case sideTooLong(width: Int, height: Int, limit: Int)
    /// A JPEG file with more scans than ``ImageLimits/maxScans``.
    case tooManyScans(limit: Int)
    /// Decoding needs more memory than ``ImageLimits/maxWorkingBytes``, or than there is.
    case outOfMemory(ImageFormat)

    /// One sentence or two for the person who sent the file: what is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .empty:
            "The image is empty: send the bytes of a PNG or JPEG file."
        case .unknownFormat:
            "The image is neither PNG nor JPEG, going by its first bytes. Convert it to one of these."
        case .truncated(let format):
            "The \(format) file is cut short. Send the whole file."
        case .corrupt(let format, let reason):
            "The \(format) file is damaged (\(reason)). Export it again from the original."
        case .unsupported(.jpeg, let reason):
            "This kind of JPEG is not supported (\(reason)). Save it as 8-bit baseline or progressive JPEG."
        case .unsupported(.png, let reason):
            "This kind of PNG is not supported (\(reason)). Save it with default settings."
        case .tooManyPixels(let width, let height, let limit):
            "The image has \(width) × \(height) pixels, more than the limit of \(limit). Scale it down."
        case .sideTooLong(let width, let height, let limit):
            "The image has \(width) × \(height) pixels; the limit is \(limit) a side. Scale it down."
        case .tooManyScans(let limit):
            "The progressive JPEG file has more than \(limit) scans. Save it as baseline JPEG."
        case .outOfMemory(let format):
            "The \(format) file takes too much memory to decode. Scale it down, or save it as baseline JPEG."
        }
    }
}
