import CLIPSeg
import Imaging

/// The last stage of a segmentation: from logits to the bytes of the answer.
struct AnswerRendering: Sendable {
    let request: SegmentationRequest
    let prepared: PreparedRequest
    /// The size of the picture to draw.
    let size: ImageSize
    let images: ImagePreparation

    private var picture: PictureRendering { PictureRendering(request: request, size: size) }
    private var names: [String] { prepared.answers.map(\.label) }

    /// - Throws: `InputError` if the picture would be too large.
    init(
        _ request: SegmentationRequest, _ prepared: PreparedRequest, _ images: ImagePreparation
    ) throws(InputError) {
        self.request = request
        self.prepared = prepared
        self.images = images
        size =
            switch request.size {
            case .original: prepared.size
            case .model: AnswerLogits.size(prepared.views, patch: images.model.patchSize)
            case .pixels(let width, let height): ImageSize(width: width, height: height)
            }
        guard size.pixels <= images.limits.maxPixels else {
            throw InputError(
                .unprocessable, code: "answer_too_large", parameter: "size",
                "An answer of \(size.width) × \(size.height) pixels is over the limit of \(images.limits.maxPixels).")
        }
    }

    // MARK: - Rendering

    /// - Parameter timings: Of the stages so far; this one's are added.
    func callAsFunction(
        _ answers: [Logits], _ timings: inout StageTimings, unless abandonment: Abandonment
    ) throws -> [UInt8] {
        let answer = AnswerLogits(answers, prepared.views, prepared.answers)
        if request.output == .logits {
            let logits = answer.logits
            return NumPyFile.encode(logits.values, shape: [logits.prompts, logits.height, logits.width])
        }
        if isDrawnInRows { return try drawInRows(answer, &timings, unless: abandonment) }

        let image = needsImage ? try timings.measure("decode") { try picturedImage() } : nil
        let prompts = PromptRendering(request, size, guide: image, patch: images.model.patchSize)
        switch request.output {
        case .json:
            return try report(answer, prompts, &timings, unless: abandonment)
        case .labels:
            return try labels(answer, prompts, &timings, unless: abandonment)
        case .mask, .probability, .cutout, .overlay, .logits:
            return request.combination == .separate
                ? try separate(answer, prompts, image, &timings, unless: abandonment)
                : try combined(answer, prompts, image, &timings, unless: abandonment)
        }
    }

    /// The image at the size of the answer.
    private func picturedImage() throws(InputError) -> RGBImage {
        let image = try images.decode(request.image, "image")
        guard image.width != size.width || image.height != size.height else { return image }
        return image.resized(width: size.width, height: size.height, filter: .bilinear)
    }

    // MARK: - One picture

    private func drawInRows(
        _ answer: AnswerLogits, _ timings: inout StageTimings, unless abandonment: Abandonment
    ) throws -> [UInt8] {
        let rendering = MaskRendering(answer, size)
        if request.output == .probability {
            let pixels = timings.measure("postprocess") { rendering.probability().pixels() }
            try abandonment.check()
            return try timings.measure("encode_png") {
                try PNGEncoder.encode(greyscale: pixels, width: size.width, height: size.height)
            }
        }
        var rows = rendering.mask(threshold: request.thresholds.common ?? 0.5)
        var postprocessing = Duration.zero
        let start = ContinuousClock.now
        let file = try PNGEncoder.encodeMask(width: size.width, height: size.height) { number, bytes in
            // A file can't be left half way, but rows that nobody wants are drawn fast if they are not drawn.
            guard !abandonment.hasHappened else { return }
            let start = ContinuousClock.now
            rows.write(number, into: bytes)
            postprocessing += start.duration(to: .now)
        }
        try abandonment.check()
        timings.add("postprocess", postprocessing, from: start)
        timings.add("encode_png", start.duration(to: .now) - postprocessing, from: start)
        return file
    }

    private func combined(
        _ answer: AnswerLogits, _ prompts: PromptRendering, _ image: RGBImage?, _ timings: inout StageTimings,
        unless abandonment: Abandonment
    ) throws -> [UInt8] {
        var probabilities: FloatPlane?
        var mask: BinaryMask?
        var thresholds: [Float] = []
        for prompt in 0..<answer.count {
            try abandonment.check()
            timings.measure("postprocess") {
                let next = prompts.probabilities(answer, prompt)
                guard request.output == .mask || request.output == .cutout else {
                    probabilities = probabilities.map { request.combination.merged($0, next) } ?? next
                    return
                }
                thresholds.append(prompts.threshold(prompt, next))
                let another = prompts.mask(next, threshold: thresholds[prompt])
                mask = mask.map { request.combination.merged($0, another) } ?? another
            }
        }
        try abandonment.check()
        return try timings.measure("encode_png") {
            try file(mask, probabilities, image, text: thresholdTexts(thresholds))
        }
    }

    private func file(
        _ mask: BinaryMask?, _ probabilities: FloatPlane?, _ image: RGBImage?, text: [PNGText]
    ) throws -> [UInt8] {
        switch (request.output, mask, probabilities, image) {
        case (.cutout, let mask?, _, let image?): try picture.cutout(mask, of: image, text: text)
        case (_, let mask?, _, _): try picture.mask(mask, text: text)
        case (.overlay, _, let probabilities?, let image?): try picture.overlay(probabilities, on: image)
        case (_, _, let probabilities?, _): try picture.probabilities(probabilities)
        // Requests without a prompt are refused before, and the first prompt makes one or the other.
        case (_, nil, nil, _): preconditionFailure("there is a prompt")
        }
    }

    private func labels(
        _ answer: AnswerLogits, _ prompts: PromptRendering, _ timings: inout StageTimings,
        unless abandonment: Abandonment
    ) throws -> [UInt8] {
        var labels = LabelMapRendering(size)
        var thresholds: [Float] = []
        for prompt in 0..<answer.count {
            try abandonment.check()
            timings.measure("postprocess") {
                let probabilities = prompts.probabilities(answer, prompt)
                thresholds.append(prompts.threshold(prompt, probabilities))
                labels.add(prompt, probabilities, prompts.mask(probabilities, threshold: thresholds[prompt]))
            }
        }
        return try timings.measure("encode_png") { try labels.file(names, text: thresholdTexts(thresholds)) }
    }

    /// What a picture says of thresholds that were not asked for.
    private func thresholdTexts(_ thresholds: [Float]) -> [PNGText] {
        thresholds.enumerated().compactMap { prompt, threshold in
            thresholdText(prompt, threshold, thresholds.count == 1 ? "Threshold" : "Threshold \(prompt + 1)")
        }
    }

    private func thresholdText(_ prompt: Int, _ threshold: Float, _ keyword: String = "Threshold") -> PNGText? {
        guard request.thresholds[prompt] == .automatic else { return nil }
        return PNGText(keyword: keyword, text: "\(threshold)")
    }

    // MARK: - Something for each prompt

    private func report(
        _ answer: AnswerLogits, _ prompts: PromptRendering, _ timings: inout StageTimings,
        unless abandonment: Abandonment
    ) throws -> [UInt8] {
        var entries: [SegmentationReport.Prompt] = []
        for prompt in 0..<answer.count {
            try abandonment.check()
            try timings.measure("postprocess") {
                let probabilities = prompts.probabilities(answer, prompt)
                let threshold = prompts.threshold(prompt, probabilities)
                let mask = prompts.mask(probabilities, threshold: threshold)
                entries.append(
                    try SegmentationReport.Prompt(
                        names[prompt], mask, probabilities, threshold: threshold,
                        isAutomatic: request.thresholds[prompt] == .automatic, request))
            }
        }
        return try JSONFile.encode(
            SegmentationReport(header(timings), prompts: entries))
    }

    private func separate(
        _ answer: AnswerLogits, _ prompts: PromptRendering, _ image: RGBImage?, _ timings: inout StageTimings,
        unless abandonment: Abandonment
    ) throws -> [UInt8] {
        var files: [[UInt8]] = []
        for prompt in 0..<answer.count {
            try abandonment.check()
            let probabilities = timings.measure("postprocess") { prompts.probabilities(answer, prompt) }
            let threshold = timings.measure("postprocess") { prompts.threshold(prompt, probabilities) }
            let isMask = request.output == .mask || request.output == .cutout
            let mask =
                isMask
                ? timings.measure("postprocess") { prompts.mask(probabilities, threshold: threshold) } : nil
            let text = isMask ? [thresholdText(prompt, threshold)].compactMap(\.self) : []
            files.append(
                try timings.measure("encode_png") {
                    try file(mask, isMask ? nil : probabilities, image, text: text)
                })
        }
        return try SeparatePictures(header: header(timings), labels: names, files: files).packed(as: request.package)
    }

    private func header(_ timings: StageTimings) -> ReportHeader {
        ReportHeader(
            model: images.model.name, requestID: request.id, image: prepared.size, size: size, timings: timings)
    }
}

extension Combination {
    /// What `first` and another prompt's probabilities are together.
    fileprivate func merged(_ first: FloatPlane, _ other: FloatPlane) -> FloatPlane {
        switch self {
        case .union, .separate: first.merged(with: other, max)
        case .intersection: first.merged(with: other, min)
        case .firstMinusRest: first.merged(with: other) { min($0, 1 - $1) }
        }
    }

    /// What `first` and another prompt's mask are together.
    fileprivate func merged(_ first: BinaryMask, _ other: BinaryMask) -> BinaryMask {
        switch self {
        case .union, .separate: first.union(other)
        case .intersection: first.intersection(other)
        case .firstMinusRest: first.subtracting(other)
        }
    }
}
