@testable import Imaging

extension FuzzTarget {
    /// EXIF data, an XMP packet, a raw profile. A prefix that some programs write makes no difference, and hexadecimal
    /// digits spell the same bytes.
    static let orientation = FuzzTarget(maxLength: 512) { bytes in
        _ = Orientation(xmp: bytes)
        _ = rawProfile(bytes)
        let digits = Array("\nexif\n\(bytes.count)\n".utf8) + bytes.flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }
        require(rawProfile(digits) == bytes, "the bytes that the digits spell")
        let prefix = Array("Exif\0\0".utf8)
        if !bytes.starts(with: prefix) {
            require(Orientation(exif: prefix + bytes) == Orientation(exif: bytes), "the same with the prefix")
        }
    }

    private static func hexDigit(_ value: UInt8) -> UInt8 { Array("0123456789abcdef".utf8)[Int(value)] }
}
