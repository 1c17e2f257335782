extension RGBImage {
    /// Decodes a PNG or JPEG file, whichever the bytes turn out to be, and turns it upright.
    ///
    /// * The orientation is the file's EXIF tag (JPEG APP1, PNG eXIf, ImageMagick's raw profile), or failing that its XMP
    ///   `tiff:Orientation`. Metadata that makes no sense is ignored.
    /// * 16-bit samples are scaled to 8, `(v * 255 + 32895) >> 16`. Greyscale and CMYK become RGB.
    /// * Gamma and colour profiles are not applied: models were trained on pixels read the same way.
    /// * What follows the end of the picture is ignored; a file that ends before is an error.
    ///
    /// Pixels are the same as Pillow's after `ImageOps.exif_transpose` and `convert("RGB")`, if `alpha` is `.discard`.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - limits: what decoding may cost.
    ///   - alpha: what becomes of transparency.
    public init(
        decoding bytes: [UInt8], limits: ImageLimits = ImageLimits(), alpha: AlphaHandling = .compositeOnWhite
    ) throws(ImageError) {
        guard !bytes.isEmpty else { throw .empty }
        let (stored, orientation) = try bytes.withUnsafeBufferPointer { file throws(ImageError) in
            switch ImageFormat.detect(file) {
            case .png:
                return try PNGReader.decode(file, limits: limits, alpha: alpha)
            case .jpeg:
                let decoded = try JPEGReader.decode(file, limits: limits)
                return (decoded.image, decoded.orientation)
            case nil:
                throw .unknownFormat
            }
        }
        self = stored.upright(from: orientation)
    }
}
