import CLIPSeg
import Imaging

/// What rendering takes.
extension AnswerRendering {
    /// Whether pixels are made row by row as the file is, and never are all in memory.
    var isDrawnInRows: Bool {
        guard request.isPointwise, !request.inverts, request.bitDepth ?? 8 == 8 else { return false }
        guard request.combination == .union || prepared.answers.count == 1 && request.combination != .separate else {
            return false
        }
        return switch request.output {
        case .mask: request.thresholds.common != nil && request.feather == 0
        case .probability: true
        case .cutout, .overlay, .labels, .json, .logits: false
        }
    }

    /// Whether the picture itself is needed.
    var needsImage: Bool {
        request.refinement == .guided || request.output == .cutout || request.output == .overlay
    }

    /// Pixels of all prompts that may be processed one by one: some seconds.
    private static let maxPromptPixels = 1 << 28

    /// What the stage takes in memory.
    ///
    /// - Parameter limit: The most that it may, but for one prompt at the image's own size: whoever may send such an image
    ///   may ask for that.
    /// - Throws: `InputError` if it would take more.
    func bytes(limit: Int) throws(InputError) -> Int {
        let inRows = MaskRendering.bytes(size) + joinedBytes
        if isDrawnInRows || request.output == .logits { return inRows }
        let prompts = prepared.answers.count
        guard prompts * size.pixels <= Self.maxPromptPixels else { throw tooLarge("would take too much time") }
        let bytes = try joinedBytes + max(decodingBytes(), size.pixels * bytesPerPixel + blockBytes + keptBytes)
        let isUsual = prompts == 1 && size.pixels <= prepared.size.pixels
        guard isUsual || bytes <= max(limit, inRows) else {
            throw tooLarge("would take \(bytes) bytes of memory, and there may be \(limit) (--decode-memory-bytes)")
        }
        return bytes
    }

    private func tooLarge(_ problem: String) -> InputError {
        InputError(
            .unprocessable, code: "answer_too_large", parameter: "size",
            "An answer of \(size.width) × \(size.height) pixels for \(prepared.answers.count.counted("prompt")) "
                + "\(problem). Ask for a smaller size, or for fewer prompts.")
    }

    /// The planes into which those of tiles are put together, and that which one is put together in.
    private var joinedBytes: Int {
        guard prepared.views.grid != nil else { return 0 }
        let pixels = prepared.views.views.reduce(0) { $0 + $1.pixels.width * $1.pixels.height }
        return (prepared.answers.count + 2) * pixels * MemoryLayout<Float>.stride
    }

    private func decodingBytes() throws(InputError) -> Int {
        guard needsImage else { return 0 }
        return try images.decodingBytes(of: request.image, "image") + 3 * size.pixels
    }

    /// Probabilities and a mask, what is gathered over the prompts, and the most of what is done with them one after the
    /// other; at last comes a file that grows by doubling.
    private var bytesPerPixel: Int {
        let refining = request.refinement == .guided ? 4 : 0
        let smoothing = request.smoothing > 0 ? 8 : 0
        let masking = request.changesMasks ? 12 : 0
        let listing = request.output == .json && (request.listsComponents || request.maskFormat.isOutline) ? 12 : 0
        let inverting = request.output == .json && request.inverts ? 5 : 0
        let feathering = request.feather > 0 ? 12 : 0
        let most = max(refining, smoothing, masking, inverting + listing, feathering, inverting + 3 * channels)
        return 5 + (needsImage ? 3 : 0) + most + gatheredBytesPerPixel
    }

    private var gatheredBytesPerPixel: Int {
        if request.output == .labels { return 5 }
        let isGathered = prepared.answers.count > 1 && request.output != .json && request.combination != .separate
        return isGathered ? 4 : 0
    }

    /// The guided filter's block means: at most a million, of some twenty planes.
    private var blockBytes: Int { request.refinement == .guided ? min(size.pixels, 1 << 20) * 80 : 0 }

    /// What is kept of each prompt until all are there; JSON and ZIP are then made of it.
    private var keptBytes: Int {
        guard request.output == .json || request.combination == .separate else { return 0 }
        let each = request.output == .json || request.output == .mask ? size.pixels / 4 : size.pixels * channels
        return 4 * prepared.answers.count * each
    }

    private var channels: Int {
        switch request.output {
        case .mask, .probability, .labels, .json, .logits: request.bitDepth == 16 ? 2 : 1
        case .cutout: 4
        case .overlay: 3
        }
    }
}

extension MaskFormat {
    /// Whether a mask is described by where it begins and ends, of which lists are made.
    fileprivate var isOutline: Bool { self == .rle || self == .polygon }
}
