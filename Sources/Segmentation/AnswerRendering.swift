import CLIPSeg
import Imaging

/// The last stage of a segmentation: from logits to the bytes of the answer.
struct AnswerRendering: Sendable {
    let output: OutputKind
    let threshold: Float
    /// The size of the picture to draw.
    let size: ImageSize

    init(of request: SegmentationRequest, _ prepared: PreparedRequest) {
        output = request.output
        threshold = request.threshold
        size = prepared.size
    }

    /// What the stage takes in memory.
    var bytes: Int { MaskRendering.bytes(width: size.width, height: size.height) }

    func callAsFunction(_ logits: Logits, _ timings: inout StageTimings) throws -> [UInt8] {
        let rendering = MaskRendering(logits, width: size.width, height: size.height)
        switch output {
        case .mask: return try mask(rendering, &timings)
        case .probability: return try probability(rendering, &timings)
        case .logits: return NumPyFile.encode(logits.values, shape: [logits.prompts, logits.height, logits.width])
        }
    }

    private func mask(_ rendering: MaskRendering, _ timings: inout StageTimings) throws -> [UInt8] {
        var rows = rendering.mask(threshold: threshold)
        var postprocessing = Duration.zero
        let start = ContinuousClock.now
        let file = try PNGEncoder.encodeMask(width: size.width, height: size.height) { number, bytes in
            let start = ContinuousClock.now
            rows.write(number, into: bytes)
            postprocessing += start.duration(to: .now)
        }
        timings.add("postprocess", postprocessing)
        timings.add("encode_png", start.duration(to: .now) - postprocessing)
        return file
    }

    private func probability(_ rendering: MaskRendering, _ timings: inout StageTimings) throws -> [UInt8] {
        let pixels = timings.measure("postprocess") { rendering.probability().pixels() }
        return try timings.measure("encode_png") {
            try PNGEncoder.encode(greyscale: pixels, width: size.width, height: size.height)
        }
    }
}
