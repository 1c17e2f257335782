import Imaging

extension ImageLimits {
    /// Limits that keep one input to a millisecond or so.
    static let small = ImageLimits(maxPixels: 1 << 14, maxSide: 1 << 10, maxScans: 8, maxWorkingBytes: 4 << 20)
}

/// What must hold of any file: it is refused, or it becomes a picture within the limits, the same one every time, which
/// survives being encoded.
func decode(_ file: [UInt8]) {
    guard let image = try? RGBImage(decoding: file, limits: .small) else { return }
    require(image.width * image.height <= ImageLimits.small.maxPixels, "no more pixels than allowed")
    require(max(image.width, image.height) <= ImageLimits.small.maxSide, "no longer side than allowed")
    require((try? RGBImage(decoding: file, limits: .small)) == image, "the same picture every time")
    let opaque = try? RGBImage(decoding: file, limits: .small, alpha: .discard)
    require(opaque?.width == image.width && opaque?.height == image.height, "alpha does not change the size")
    let least = ImageSize(width: 1, height: 1)
    if let reduced = try? ReducedImage(decoding: file, leastSize: least, limits: .small) {
        require(reduced.originalSize == ImageSize(width: image.width, height: image.height), "the size of the whole")
        require(reduced.image.width <= image.width && reduced.image.height <= image.height, "no larger than the whole")
        let header = try? ImageHeader(reading: file, limits: .small, leastSize: least)
        require(2 * reduced.image.pixels.count <= header?.decodingBytes ?? 0, "as much memory as the header tells")
    }
    require((try? RGBImage(decoding: PNGEncoder.encode(image))) == image, "what is encoded is decoded")
}
