/// The file formats that can be decoded.
public enum ImageFormat: String, Sendable, CaseIterable, CustomStringConvertible {
    /// Portable Network Graphics (W3C PNG, third edition).
    case png = "PNG"
    /// JPEG (ITU-T T.81): baseline, extended and progressive, 8 bits a sample.
    case jpeg = "JPEG"

    /// The format's usual name, for messages.
    public var description: String { rawValue }

    /// Tells the format from the first bytes of a file; names and declared media types are not trusted.
    ///
    /// - Returns: `nil` if the bytes begin with no signature that is known.
    public static func detect(_ bytes: some Sequence<UInt8>) -> ImageFormat? {
        if bytes.starts(with: pngSignature) { return .png }
        if bytes.starts(with: jpegSignature) { return .jpeg }
        return nil
    }

    /// PNG, section 5.2.
    private static let pngSignature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// Start of image, and the first byte of whatever marker follows (T.81, section B.1.1).
    private static let jpegSignature: [UInt8] = [0xFF, 0xD8, 0xFF]
}
