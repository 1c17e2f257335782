internal import CPNG

/// One PNG file on its way through libpng.
struct PNGReader: ~Copyable {
    private let reader: OpaquePointer

    private init(_ file: UnsafeBufferPointer<UInt8>) throws(ImageError) {
        guard let reader = cpng_reader_create(file.baseAddress, file.count) else { throw .outOfMemory(.png) }
        self.reader = reader
    }

    deinit { cpng_reader_destroy(reader) }

    static func decode(
        _ file: UnsafeBufferPointer<UInt8>, limits: ImageLimits, alpha: AlphaHandling
    ) throws(ImageError) -> (RGBImage, Orientation) {
        let reader = try PNGReader(file)
        let header = try reader.header()
        let width = Int(header.width)
        let height = Int(header.height)
        try limits.check(width: width, height: height)

        let pixels = try reader.rgbPixels(count: width * height, channels: Int(header.channels), alpha: alpha)
        return (RGBImage(width: width, height: height, pixels: pixels), reader.orientation())
    }

    static func imageHeader(
        _ file: UnsafeBufferPointer<UInt8>, limits: ImageLimits
    ) throws(ImageError) -> ImageHeader {
        let header = try PNGReader(file).header()
        let size = ImageSize(width: Int(header.width), height: Int(header.height))
        try limits.check(width: size.width, height: size.height)
        return ImageHeader(
            width: size.width, height: size.height, decodedSize: size, channels: Int(header.channels), workingBytes: 0)
    }

    private func header() throws(ImageError) -> cpng_header {
        var header = cpng_header()
        try check(cpng_reader_read_header(reader, &header))
        return header
    }

    private func rgbPixels(count: Int, channels: Int, alpha: AlphaHandling) throws(ImageError) -> [UInt8] {
        var status = cpng_status.ok
        let pixels = [UInt8](unsafeUninitializedCapacity: count * channels) { buffer, initializedCount in
            status = cpng_reader_read_pixels(reader, buffer.baseAddress)
            guard status == .ok else { return }
            if channels == 4 { alpha.removeAlpha(fromPixels: count, in: buffer) }
            initializedCount = count * 3
        }
        try check(status)
        return pixels
    }

    /// EXIF first, then XMP, as Pillow does it.
    private func orientation() -> Orientation {
        if let orientation = exif().flatMap(Orientation.init(exif:)) { return orientation }
        return text("XML:com.adobe.xmp").flatMap(Orientation.init(xmp:)) ?? .upright
    }

    private func exif() -> [UInt8]? {
        var start: UnsafePointer<UInt8>?
        var length = 0
        if cpng_reader_exif(reader, &start, &length) {
            return Array(UnsafeBufferPointer(start: start, count: length))
        }
        return text("Raw profile type exif").flatMap(rawProfile)
    }

    private func text(_ keyword: String) -> [UInt8]? {
        var start: UnsafePointer<UInt8>?
        var length = 0
        guard cpng_reader_text(reader, keyword, &start, &length) else { return nil }
        return Array(UnsafeBufferPointer(start: start, count: length))
    }

    private func check(_ status: cpng_status) throws(ImageError) {
        switch status {
        case .ok: return
        case .truncated: throw .truncated(.png)
        case .corrupt: throw .corrupt(.png, reason: String(cString: cpng_reader_message(reader)))
        case .out_of_memory: throw .outOfMemory(.png)
        }
    }
}
