internal import CJPEG

/// One JPEG file on its way through libjpeg.
struct JPEGReader: ~Copyable {
    private let reader: OpaquePointer
    private let limits: ImageLimits

    private init(_ file: UnsafeBufferPointer<UInt8>, limits: ImageLimits) throws(ImageError) {
        let codecLimits = cjpeg_limits(
            scans: Int32(clamping: limits.maxScans), memory_bytes: max(0, limits.maxWorkingBytes))
        guard let reader = cjpeg_reader_create(file.baseAddress, file.count, codecLimits) else {
            throw .outOfMemory(.jpeg)
        }
        self.reader = reader
        self.limits = limits
    }

    deinit { cjpeg_reader_destroy(reader) }

    /// - Parameter leastSize: decode no larger than needed for a picture that is at least this size when upright.
    static func decode(
        _ file: UnsafeBufferPointer<UInt8>, limits: ImageLimits, leastSize: ImageSize? = nil
    ) throws(ImageError) -> (image: RGBImage, orientation: Orientation, storedSize: ImageSize) {
        let reader = try JPEGReader(file, limits: limits)
        let (header, orientation) = try reader.begin(leastSize: leastSize)
        let size = header.decodedSize
        let pixels = try reader.rgbPixels(count: size.pixels, channels: header.channels)
        let image = RGBImage(width: size.width, height: size.height, pixels: pixels)
        return (image, orientation, ImageSize(width: header.width, height: header.height))
    }

    /// - Parameter leastSize: As `decode` takes it.
    static func imageHeader(
        _ file: UnsafeBufferPointer<UInt8>, limits: ImageLimits, leastSize: ImageSize?
    ) throws(ImageError) -> ImageHeader {
        try JPEGReader(file, limits: limits).begin(leastSize: leastSize).header
    }

    /// Reads up to the first scan, and settles the size at which the picture is decoded.
    private func begin(leastSize: ImageSize?) throws(ImageError) -> (header: ImageHeader, orientation: Orientation) {
        var header = try header()
        let storedSize = ImageSize(width: Int(header.width), height: Int(header.height))
        let orientation = orientation()
        if let denominator = leastSize.flatMap({ storedSize.largestReduction(to: $0.turned(by: orientation)) }) {
            try check(cjpeg_reader_reduce(reader, denominator, &header))
        }
        let imageHeader = ImageHeader(
            width: storedSize.width, height: storedSize.height,
            decodedSize: ImageSize(width: Int(header.width), height: Int(header.height)),
            channels: Int(header.channels), workingBytes: header.coefficient_bytes)
        return (imageHeader, orientation)
    }

    private func header() throws(ImageError) -> cjpeg_header {
        var header = cjpeg_header()
        let status = cjpeg_reader_read_header(reader, &header)
        // libjpeg has a size limit of its own; ours comes first because it says by how much the picture is too large.
        try limits.check(width: Int(header.width), height: Int(header.height))
        try check(status)
        return header
    }

    private func rgbPixels(count: Int, channels: Int) throws(ImageError) -> [UInt8] {
        var status = cjpeg_status.ok
        let pixels = [UInt8](unsafeUninitializedCapacity: count * channels) { buffer, initializedCount in
            status = cjpeg_reader_read_pixels(reader, buffer.baseAddress)
            guard status == .ok else { return }
            if channels == 4 { convertInvertedCMYKToRGB(pixels: count, in: buffer) }
            initializedCount = count * 3
        }
        try check(status)
        return pixels
    }

    /// EXIF first, then XMP, as Pillow does it. EXIF too long for one segment goes on in the next.
    private func orientation() -> Orientation {
        var exif: [UInt8] = []
        var xmp: [UInt8] = []
        var segment = 0
        while let payload = app1(segment) {
            if payload.starts(with: "Exif\0\0".utf8) {
                exif += payload.dropFirst(6)
            } else if payload.starts(with: "http://ns.adobe.com/xap/1.0/\0".utf8) {
                xmp = payload
            }
            segment += 1
        }
        return Orientation(exif: exif) ?? Orientation(xmp: xmp) ?? .upright
    }

    private func app1(_ index: Int) -> [UInt8]? {
        var start: UnsafePointer<UInt8>?
        var length = 0
        guard cjpeg_reader_app1(reader, index, &start, &length) else { return nil }
        return Array(UnsafeBufferPointer(start: start, count: length))
    }

    private func check(_ status: cjpeg_status) throws(ImageError) {
        switch status {
        case .ok: return
        case .truncated: throw .truncated(.jpeg)
        case .corrupt: throw .corrupt(.jpeg, reason: String(cString: cjpeg_reader_message(reader)))
        case .unsupported: throw .unsupported(.jpeg, reason: String(cString: cjpeg_reader_message(reader)))
        case .too_many_scans: throw .tooManyScans(limit: limits.maxScans)
        case .out_of_memory: throw .outOfMemory(.jpeg)
        }
    }
}
