import Testing

@testable import Imaging

@Suite("Orientation")
struct OrientationTests {
    /// Stored as two rows of three pixels, abc and def; the pixels' colour is their letter.
    @Test(
        "turns pixels as EXIF draws it",
        arguments: [
            (1, ["abc", "def"]), (2, ["cba", "fed"]), (3, ["fed", "cba"]), (4, ["def", "abc"]),
            (5, ["ad", "be", "cf"]), (6, ["da", "eb", "fc"]), (7, ["fc", "eb", "da"]), (8, ["cf", "be", "ad"]),
        ])
    func turns(rawValue: Int, expected: [String]) throws {
        let stored = image(["abc", "def"])
        let orientation = try #require(Orientation(rawValue: rawValue))
        #expect(stored.upright(from: orientation) == image(expected))
    }

    @Test("turns pictures larger than a tile, and back", arguments: Orientation.allCases)
    func turnsLargePictures(orientation: Orientation) {
        let opposite: Orientation =
            switch orientation {
            case .rotated90Clockwise: .rotated90Counterclockwise
            case .rotated90Counterclockwise: .rotated90Clockwise
            default: orientation
            }
        let picture = RGBImage.noise(width: 150, height: 67, seed: 1)
        let turned = picture.upright(from: orientation)
        #expect(turned.width == (orientation.swapsSides ? 67 : 150))
        #expect(turned.upright(from: opposite) == picture)
    }

    @Test("EXIF without an orientation, or that is cut short before it, has none")
    func absent() {
        #expect(Orientation(exif: []) == nil)
        #expect(Orientation(exif: Array("Exif\0\0".utf8)) == nil)
        #expect(Orientation(exif: [0x49, 0x49, 0x2A, 0x00, 8, 0, 0, 0, 0, 0]) == nil)
        for length in 0..<exif.count {
            #expect(Orientation(exif: Array(exif.prefix(length))) == (length < 20 ? nil : .rotated180), "\(length)")
        }
    }

    @Test("offsets that point outside are ignored", arguments: [0x7FFF_FFFF, 0xFFFF_FFFF, 27, 9] as [UInt32])
    func wildOffsets(offset: UInt32) {
        var wild = exif
        for byte in 0..<4 { wild[4 + byte] = UInt8(truncatingIfNeeded: offset >> (8 * byte)) }
        #expect(Orientation(exif: wild) == nil)
    }

    @Test(
        "a value that means nothing is upright, one of another type is no orientation",
        arguments: [
            (10, 0, Orientation.upright), (18, 9, .upright), (18, 0, .upright), (12, 2, nil), (14, 2, nil),
        ] as [(Int, UInt8, Orientation?)])
    func oddEntries(position: Int, value: UInt8, expected: Orientation?) {
        var odd = exif
        odd[position] = value
        #expect(Orientation(exif: odd) == (position == 10 ? nil : expected))
    }

    @Test("parses any bytes without a trap")
    func arbitraryBytes() {
        for seed in 0..<2000 {
            var bytes = noise(40, seed: seed)
            bytes.replaceSubrange(0..<4, with: seed.isMultiple(of: 2) ? [0x49, 0x49, 0x2A, 0] : [0x4D, 0x4D, 0, 0x2A])
            if !seed.isMultiple(of: 3) { bytes.replaceSubrange(4..<8, with: [0, 0, 0, 0]) }
            _ = Orientation(exif: bytes)
            _ = Orientation(xmp: Array("tiff:Orientation=".utf8) + bytes)
            _ = rawProfile(bytes)
        }
    }

    @Test(
        "is found in XMP",
        arguments: [
            (#"<rdf tiff:Orientation="6"/>"#, Orientation.rotated90Clockwise),
            ("<rdf tiff:Orientation='8'/>", .rotated90Counterclockwise),
            ("<tiff:Orientation>3</tiff:Orientation>", .rotated180),
            ("tiff:tiff:Orientation>2", .mirrored),
            ("tiff:Orientation=6 tiff:Orientation>5", .transposed),
            (#"tiff:Orientation="9""#, .upright),
            (#"tiff:Orientation=""#, nil),
            (#"tiff:Orientation="x""#, nil),
            ("tiff:Orientatio", nil),
            ("", nil),
        ] as [(String, Orientation?)])
    func xmp(text: String, expected: Orientation?) {
        #expect(Orientation(xmp: Array(text.utf8)) == expected)
    }

    @Test(
        "raw profiles are hexadecimal after three lines",
        arguments: [
            ("\nexif\n 3\n0aFf\n10", [0x0A, 0xFF, 0x10]), ("\nexif\n 0\n", []), ("\nexif\n 1\n0", nil),
            ("\nexif\n 1\n0g", nil), ("\nexif\n", nil), ("", nil),
        ] as [(String, [UInt8]?)])
    func rawProfiles(text: String, expected: [UInt8]?) {
        #expect(rawProfile(Array(text.utf8)) == expected)
    }

    /// Little-endian; one entry: tag 0x0112, SHORT, count 1, value 3.
    private let exif: [UInt8] = [
        0x49, 0x49, 0x2A, 0x00, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0,
    ]

    private func image(_ rows: [String]) -> RGBImage {
        RGBImage(
            width: rows[0].utf8.count, height: rows.count, pixels: rows.flatMap { $0.utf8.flatMap { [$0, $0, $0] } })
    }
}
