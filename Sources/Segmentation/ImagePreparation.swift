import CLIPSeg
import Imaging

/// From the bytes of an image file to what the model sees of it.
struct ImagePreparation: Sendable {
    let model: LoadedModel
    /// What images may be.
    let limits: ImageLimits

    /// What decoding a file whole takes in memory, which its header tells.
    ///
    /// - Parameter parameter: What an error is to call the file.
    func decodingBytes(of file: [UInt8], _ parameter: String) throws(InputError) -> Int {
        try header(of: file, parameter).decodingBytes
    }

    /// What decoding a file for the model's eyes only takes in memory: less, where it is decoded with fewer pixels.
    ///
    /// - Parameter parameter: What an error is to call the file.
    func decodingBytes(
        of file: [UInt8], _ parameter: String, _ kind: DecodingKind, leastSize: ImageSize
    ) throws(InputError) -> Int {
        try header(of: file, parameter, leastSize: reduces(kind) ? leastSize : nil).decodingBytes
    }

    private func header(
        of file: [UInt8], _ parameter: String, leastSize: ImageSize? = nil
    ) throws(InputError) -> ImageHeader {
        do throws(ImageError) {
            return try ImageHeader(reading: file, limits: limits, leastSize: leastSize)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// How many pixels of a file the model sees if it is prepared as the reference does it.
    ///
    /// - Parameter parameter: What an error is to call the file.
    func plainPixels(of file: [UInt8], _ parameter: String) throws(InputError) -> Int {
        guard !model.processor.imageProcessor.resizes else { return model.inputWidth * model.inputHeight }
        let header = try header(of: file, parameter)
        return header.width * header.height
    }

    /// The whole picture, upright.
    func decode(
        _ file: [UInt8], _ parameter: String, alpha: AlphaHandling = .compositeOnWhite
    ) throws(InputError) -> RGBImage {
        do throws(ImageError) {
            return try RGBImage(decoding: file, limits: limits, alpha: alpha)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// The picture for the model's eyes only: where `kind` allows it, with fewer pixels than the file has, but `leastSize`.
    func decode(
        _ file: [UInt8], _ parameter: String, _ kind: DecodingKind, leastSize: ImageSize
    ) throws(InputError) -> (image: RGBImage, originalSize: ImageSize) {
        guard reduces(kind) else {
            let image = try decode(file, parameter)
            return (image, ImageSize(width: image.width, height: image.height))
        }
        do throws(ImageError) {
            let reduced = try ReducedImage(decoding: file, leastSize: leastSize, limits: limits)
            return (reduced.image, reduced.originalSize)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// Whether pictures may be decoded with fewer pixels: not where the model looks at the pixels as they are.
    private func reduces(_ kind: DecodingKind) -> Bool { kind == .fast && model.processor.imageProcessor.resizes }

    /// The size that pictures need for the model's own resolution.
    var plainLeastSize: ImageSize { ImageSize(width: 2 * model.inputWidth, height: 2 * model.inputHeight) }

    /// What the model is to look at.
    func views(of image: RGBImage, _ geometry: ViewGeometry) throws(InputError) -> ImageViews {
        let size = ImageSize(width: image.width, height: image.height)
        guard let grid = try geometry.grid(of: size) else {
            let frame = geometry.frame(of: size)
            return ImageViews(views: [try view(image, frame, geometry)], frame: frame, grid: nil, overlap: 0)
        }
        let first = grid.tile(row: 0, column: 0)
        let frame = geometry.frame(of: ImageSize(width: first.width, height: first.height))
        var views: [ImageViews.View] = []
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                views.append(try view(image.cropped(to: grid.tile(row: row, column: column)), frame, geometry))
            }
        }
        return ImageViews(views: views, frame: frame, grid: grid, overlap: Double(geometry.overlap))
    }

    private func view(
        _ image: RGBImage, _ frame: ModelFrame?, _ geometry: ViewGeometry
    ) throws(InputError) -> ImageViews.View {
        let pixels = try checkedSize("image") { () throws(ModelError) in try geometry.pixelValues(image, frame) }
        return ImageViews.View(pixels: pixels, digest: PixelDigest(pixels))
    }

    /// What the model takes of a picture at its own resolution.
    func pixelValues(_ image: RGBImage, _ parameter: String) throws(InputError) -> PixelValues {
        try checkedSize(parameter) { () throws(ModelError) in try model.processor.pixelValues([image]) }
    }

    private func checkedSize(
        _ parameter: String, _ pixels: () throws(ModelError) -> PixelValues
    ) throws(InputError) -> PixelValues {
        let limit = model.model.config.visionConfig.patchSize
        do throws(ModelError) {
            let pixels = try pixels()
            guard min(pixels.width, pixels.height) >= limit else {
                throw .imageTooSmall(width: pixels.width, height: pixels.height, patchSize: limit)
            }
            return pixels
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }
}
