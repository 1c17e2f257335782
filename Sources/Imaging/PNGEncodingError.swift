/// Why a PNG file was not written.
public enum PNGEncodingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A side is 0, negative, or too long for PNG, or the pixel buffer does not have the size that the sides call for.
    case impossibleSize(width: Int, height: Int, bytes: Int)
    /// There is no memory for the file.
    case outOfMemory

    /// What was asked for, and why it can't be done.
    public var description: String {
        switch self {
        case .impossibleSize(let width, let height, let bytes):
            "\(bytes) bytes of pixels do not make a PNG of \(width) × \(height). Check width, height and channels."
        case .outOfMemory:
            "There is not enough memory to write the PNG. Ask for a smaller size."
        }
    }
}
