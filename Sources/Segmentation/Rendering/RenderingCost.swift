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
    /// - Parameter limit: The most that it may.
    /// - Throws: `InputError` if it would take more.
    func bytes(limit: Int) throws(InputError) -> Int {
        let inRows = MaskRendering.bytes(size) + joinedBytes
        if isDrawnInRows || request.output == .logits { return inRows }
        let prompts = prepared.answers.count
        let bytes = try joinedBytes + max(decodingBytes(), size.pixels * bytesPerPixel + blockBytes + keptBytes)
        guard bytes <= max(limit, inRows), prompts * size.pixels <= Self.maxPromptPixels else {
            throw InputError(
                .unprocessable, code: "answer_too_large", parameter: "size",
                "This answer of \(size.width) × \(size.height) pixels for \(prompts) prompts takes too much memory or "
                    + "time. Ask for a smaller size, or for fewer prompts.")
        }
        return bytes
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

    /// Probabilities and a mask, what operations on them need besides, what is gathered over the prompts, and a file that
    /// grows by doubling.
    private var bytesPerPixel: Int {
        let refining = request.refinement == .guided ? 4 : 0
        let smoothing = request.smoothing > 0 ? 8 : 0
        let masking = request.changesMasks || request.output == .json ? 12 : 0
        let feathering = request.feather > 0 ? 12 : 0
        let gathering = request.output == .labels ? 5 : prepared.answers.count > 1 ? 4 : 0
        return 5 + (needsImage ? 3 : 0) + max(refining, smoothing, masking, feathering) + gathering + 3 * channels
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
