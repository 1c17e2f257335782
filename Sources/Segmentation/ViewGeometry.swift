import CLIPSeg
import Imaging

/// How an image becomes what the model sees: its size, how the image fits, and into how many tiles it is cut.
struct ViewGeometry: Sendable {
    let resolution: Int?
    let fit: ImageFit
    let tiles: TileCount
    let overlap: Float
    let model: LoadedModel

    init(_ request: SegmentationRequest, _ model: LoadedModel) {
        resolution = request.resolution
        fit = request.fit
        tiles = request.tiles
        overlap = request.tileOverlap
        self.model = model
    }

    /// What the model sees of an image, all views together.
    static let maxPixels = 1 << 21
    /// What it answers about a view: as much as about 64 prompts at the published models' 352 pixels.
    private static let maxLogits = 1 << 23

    /// Whether images are prepared as the reference does it.
    var isPlain: Bool { resolution == nil && fit == .stretch && tiles == .one }

    private var patch: Int { model.patchSize }
    private var side: Int { resolution ?? max(model.inputWidth, model.inputHeight) }
    private var viewPixels: Int { isPlain ? model.inputWidth * model.inputHeight : side * side }

    /// The size that an image should have at least to lose nothing.
    var leastSize: ImageSize {
        isPlain
            ? ImageSize(width: 2 * model.inputWidth, height: 2 * model.inputHeight)
            : ImageSize(width: 2 * side * tiles.columns, height: 2 * side * tiles.rows)
    }

    /// The pixels of all views, at most.
    var pixels: Int { tiles.count * viewPixels }

    /// - Throws: `InputError` if the model can't see that, or it would take too much.
    func validate(prompts: Int) throws(InputError) {
        if let resolution, resolution % patch != 0 {
            let lower = resolution / patch * patch
            throw .invalid(
                "resolution",
                "is \(resolution); this model's patches are \(patch) pixels wide, so that it can be \(lower) or \(lower + patch)"
            )
        }
        guard !isPlain else { return }
        guard tiles.count * viewPixels <= Self.maxPixels else {
            throw InputError(
                .unprocessable, code: "too_much_work", parameter: "tiles",
                "\(tiles.count) tiles of \(side)×\(side) pixels are more than the \(Self.maxPixels) pixels that the model "
                    + "looks at for one request. Ask for fewer tiles, or a lower resolution.")
        }
        guard prompts * viewPixels <= Self.maxLogits, prompts * tiles.count * viewPixels <= 2 * Self.maxLogits else {
            throw InputError(
                .unprocessable, code: "too_much_work", parameter: "prompt",
                "\(prompts) prompts about \(tiles.count.counted("view")) of \(side)×\(side) pixels are too much for one "
                    + "request. Ask for fewer prompts or tiles, or a lower resolution.")
        }
    }

    /// How the image is cut, if it is.
    func grid(of image: ImageSize) throws(InputError) -> TileGrid? {
        guard tiles != .one else { return nil }
        guard image.width >= tiles.columns, image.height >= tiles.rows else {
            throw .invalid(
                "tiles", "is \(tiles); the image has only \(image.width)×\(image.height) pixels")
        }
        return TileGrid(image: image, rows: tiles.rows, columns: tiles.columns, overlap: Double(overlap))
    }

    /// Where a picture of that size lies in what the model sees; nil if it is prepared as the reference does it.
    func frame(of size: ImageSize) -> ModelFrame? {
        isPlain ? nil : ModelFrame(image: size, resolution: side, fit: fit, patch: patch)
    }

    /// What the model takes of a picture.
    func pixelValues(_ image: RGBImage, _ frame: ModelFrame?) throws(ModelError) -> PixelValues {
        guard let frame else { return try model.processor.pixelValues([image]) }
        var processor = model.processor.imageProcessor
        let fitted = frame.fitted(image, filter: processor.filter, bars: model.meanColor)
        processor.resizes = false
        return try processor([fitted])
    }
}

extension LoadedModel {
    /// The side in pixels of what the image encoder sees as one.
    var patchSize: Int { model.config.visionConfig.patchSize }

    /// The colour that pixel values of 0 stand for.
    var meanColor: RGBColor {
        let processor = processor.imageProcessor
        let channels = processor.mean.map { mean in
            UInt8(min(max(0, (mean / (processor.rescaleFactor ?? 1)).rounded()), 255))
        }
        return RGBColor(red: channels[0], green: channels[1], blue: channels[2])
    }
}
