extension Orientation {
    /// Reads tag 0x0112 of the first image file directory in EXIF data, which is a TIFF file without pixels (EXIF 2.32,
    /// section 4.5; TIFF 6.0, section 2). A preceding `Exif\0\0`, as some programs write it, is skipped.
    ///
    /// - Returns: `nil` if the tag is absent or the data is malformed before it; upright for a value that means nothing.
    init?(exif: [UInt8]) {
        let tiff = exif.starts(with: "Exif\0\0".utf8) ? exif.dropFirst(6) : exif[...]
        guard let reader = TIFFReader(tiff), let value = reader.firstDirectoryValue(ofTag: 0x0112) else { return nil }
        self = Orientation(rawValue: value) ?? .upright
    }

    /// Finds `tiff:Orientation`, as an attribute or an element, in an XMP packet (XMP specification, part 2, section 3.2).
    ///
    /// - Returns: `nil` if there is none; upright for a digit that means nothing.
    init?(xmp: [UInt8]) {
        let name = Array("tiff:Orientation".utf8)
        var rest = xmp[...]
        while let start = rest.firstIndex(of: name[0]) {
            rest = rest[start...]
            if rest.starts(with: name), let digit = Self.digit(after: rest.dropFirst(name.count)) {
                self = Orientation(rawValue: digit) ?? .upright
                return
            }
            rest = rest.dropFirst()
        }
        return nil
    }

    private static func digit(after name: ArraySlice<UInt8>) -> Int? {
        let quotes: [[UInt8]] = [Array(#"=""#.utf8), Array("='".utf8), Array(">".utf8)]
        guard let opening = quotes.first(where: { name.starts(with: $0) }) else { return nil }
        guard let digit = name.dropFirst(opening.count).first else { return nil }
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
        return Int(digit - UInt8(ascii: "0"))
    }
}
