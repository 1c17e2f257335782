public import Imaging

/// Turns images into pixel values: resized, rescaled, normalised. The reference is transformers' `ViTImageProcessor`
/// with Pillow's resampling.
public struct CLIPSegImageProcessor: Sendable, Equatable {
    /// Whether to resize at all.
    public var resizes = true
    /// The height to resize to.
    public var height = 224
    /// The width to resize to.
    public var width = 224
    /// How to resize; with antialiasing, as Pillow does.
    public var filter = ResamplingFilter.bilinear
    /// The factor on 8-bit values, or nil to leave them.
    public var rescaleFactor: Float? = 1.0 / 255
    /// What to subtract from each channel.
    public var mean: [Float] = [0.5, 0.5, 0.5]
    /// What to divide each channel by after that.
    public var standardDeviation: [Float] = [0.5, 0.5, 0.5]

    /// Creates a processor with the reference's default values.
    public init() {}

    /// Reads a `preprocessor_config.json`.
    ///
    /// - Throws: `ConfigurationError` if it is no JSON object, or says something impossible.
    public init(
        json: some Sequence<UInt8>, file: String = "preprocessor_config.json"
    ) throws(ConfigurationError) {
        try self.init(ConfigurationValues(json: json, file: file))
    }

    /// Reads the part of a `processor_config.json` that is about images.
    init(combined file: FileBytes) throws {
        let values = try ConfigurationValues(json: file.contents(), file: file.name)
        guard let nested = try values.nested("image_processor") else {
            throw values.error("image_processor", "is missing")
        }
        try self.init(nested)
    }

    private init(_ values: ConfigurationValues) throws(ConfigurationError) {
        self.init()
        resizes = try values.flag("do_resize", true)
        (height, width) = try values.size("size", height: height, width: width)
        guard height <= Self.maxSide, width <= Self.maxSide else {
            throw values.error("size", "is \(width)×\(height); at most \(Self.maxSide) a side is sensible")
        }
        let resample = try values.integer("resample", filter.rawValue)
        guard let filter = ResamplingFilter(rawValue: resample) else {
            throw values.error("resample", "is \(resample); Pillow's filters are numbered 0 to 5")
        }
        self.filter = filter
        let factor = try values.number("rescale_factor", 1.0 / 255)
        rescaleFactor = try values.flag("do_rescale", true) ? factor : nil
        if try values.flag("do_normalize", true) {
            mean = try values.numbers("image_mean", count: 3, mean)
            standardDeviation = try values.numbers("image_std", count: 3, standardDeviation)
            guard standardDeviation.allSatisfy({ $0 != 0 && $0.isFinite }) else {
                throw values.error("image_std", "is \(standardDeviation); no channel can be divided by that")
            }
        } else {
            mean = [0, 0, 0]
            standardDeviation = [1, 1, 1]
        }
    }

    /// More would be a mistake, and take the memory of one.
    private static let maxSide = 4096

    /// The pixel values of images, which must come out equally large.
    ///
    /// - Throws: `ModelError` if there is no image, or if they differ in size and are not resized.
    public func callAsFunction(_ images: [RGBImage]) throws(ModelError) -> PixelValues {
        guard let first = images.first else { throw .empty("image") }
        let height = resizes ? height : first.height
        let width = resizes ? width : first.width
        let area = height * width
        var values = [Float](repeating: 0, count: images.count * 3 * area)
        for (index, image) in images.enumerated() {
            let image = resizes ? image.resized(width: width, height: height, filter: filter) : image
            guard max(width, height) <= Self.maxSide else {
                throw .mismatch(
                    "an image of \(width)×\(height) pixels, which this model does not resize, but takes only up to "
                        + "\(Self.maxSide) a side")
            }
            guard image.width == width, image.height == height else {
                throw .mismatch("images of \(width)×\(height) and \(image.width)×\(image.height) pixels in one batch")
            }
            for channel in 0..<3 {
                let table = valueOfSample(channel)
                let start = (index * 3 + channel) * area
                image.pixels.withUnsafeBufferPointer { pixels in
                    for pixel in 0..<area { values[start + pixel] = table[Int(pixels[pixel * 3 + channel])] }
                }
            }
        }
        return PixelValues(images: images.count, height: height, width: width, values: values)
    }

    /// What each of the 256 samples of a channel becomes.
    private func valueOfSample(_ channel: Int) -> [Float] {
        (0..<256).map { (Float($0) * (rescaleFactor ?? 1) - mean[channel]) / standardDeviation[channel] }
    }
}
