import CLIPSeg
import Imaging

/// The first stage of a segmentation: from a request's bytes to all that the model and the rendering need of them.
struct RequestPreparation: Sendable {
    let images: ImagePreparation
    let request: SegmentationRequest

    private var model: LoadedModel { images.model }
    private var geometry: ViewGeometry { ViewGeometry(request, model) }

    /// What is kept in memory from this stage until the request is answered: pixel values, and what the model says of them.
    ///
    /// - Throws: `InputError` if it is more than the model looks at for one request, or an image can't be read.
    func keptBytes() throws -> Int {
        let prompts = PromptPlan(request).prompts.count
        try geometry.validate(prompts: prompts)
        let viewed = geometry.isPlain ? try images.plainPixels(of: request.image, "image") : geometry.pixels
        let pictured = try request.pictures.reduce(0) { pixels, picture in
            try pixels + InputError.telling(picture.number) { try images.plainPixels(of: picture.file, "prompt_image") }
        }
        return (viewed * (3 + prompts) + pictured * 3) * MemoryLayout<Float>.stride
    }

    /// What the stage takes in memory beside: the most that one of the images takes, as they are decoded one after the other.
    func bytes() throws -> Int {
        var most = try images.decodingBytes(
            of: request.image, "image", request.decoding, leastSize: geometry.leastSize)
        for picture in request.pictures {
            most = max(most, try InputError.telling(picture.number) { try bytes(of: picture) })
        }
        return most
    }

    private func bytes(of picture: PromptPicture) throws(InputError) -> Int {
        guard let mask = picture.mask else {
            return try images.decodingBytes(
                of: picture.file, "prompt_image", request.decoding, leastSize: images.plainLeastSize)
        }
        // The picture itself, its blurred and darkened copies, and the planes of numbers that blurring takes.
        return try 3 * images.decodingBytes(of: picture.file, "prompt_image")
            + images.decodingBytes(of: mask, "prompt_mask")
    }

    /// - Parameter timings: Of the stages before.
    func callAsFunction(
        after timings: StageTimings = StageTimings(), unless abandonment: Abandonment
    ) throws -> PreparedRequest {
        try abandonment.check()
        let plan = PromptPlan(request)
        var timings = timings
        let views = try views(unless: abandonment, &timings)
        let prompts = try plan.prompts.map { prompt in
            try abandonment.check()
            return try prepare(prompt, &timings)
        }
        return PreparedRequest(
            size: views.size, views: views.views, prompts: prompts, answers: plan.answers, timings: timings)
    }

    private func views(
        unless abandonment: Abandonment, _ timings: inout StageTimings
    ) throws -> (views: ImageViews, size: ImageSize) {
        let decoded = try timings.measure("decode") {
            try images.decode(request.image, "image", request.decoding, leastSize: geometry.leastSize)
        }
        try abandonment.check()
        let views = try timings.measure("preprocess") { try images.views(of: decoded.image, geometry) }
        return (views, decoded.originalSize)
    }

    private func prepare(
        _ prompt: PromptPlan.Prompt, _ timings: inout StageTimings
    ) throws -> PreparedRequest.Prompt {
        switch prompt {
        case .text(let text, let parameter): return .texts(try tokens(of: text, parameter))
        case .embedding(let values): return .embedding(try checked(values))
        case .image(let picture):
            let pixels = try InputError.telling(picture.number) { try pixelValues(picture, &timings) }
            return .image(pixels, PixelDigest(pixels))
        case .blend(let text, let picture, let share):
            let pixels = try InputError.telling(picture.number) { try pixelValues(picture, &timings) }
            return .blend(try tokens(of: text, "prompt"), pixels, PixelDigest(pixels), image: share)
        }
    }

    /// The tokens of a text in each of the templates.
    private func tokens(of text: String, _ parameter: String) throws -> [[Int]] {
        guard !request.templates.isEmpty else { return [try model.inputIDs(text, parameter: parameter)] }
        return try request.templates.map { template in
            let parts = template.split(separator: "{}", maxSplits: 1, omittingEmptySubsequences: false)
            return try model.inputIDs(parts.joined(separator: text), parameter: parameter)
        }
    }

    private func pixelValues(_ picture: PromptPicture, _ timings: inout StageTimings) throws -> PixelValues {
        guard let mask = picture.mask else {
            let decoded = try timings.measure("decode") {
                try images.decode(picture.file, "prompt_image", request.decoding, leastSize: images.plainLeastSize)
            }
            return try timings.measure("preprocess") { try images.pixelValues(decoded.image, "prompt_image") }
        }
        let (image, meant) = try timings.measure("decode") {
            (
                try images.decode(picture.file, "prompt_image"),
                BinaryMask(try images.decode(mask, "prompt_mask", alpha: .compositeOnBlack))
            )
        }
        return try timings.measure("preprocess") {
            try images.pixelValues(prepared(image, showing: meant), "prompt_image")
        }
    }

    private func prepared(_ image: RGBImage, showing meant: BinaryMask) throws(InputError) -> RGBImage {
        do throws(PromptMaskError) {
            return try image.prepared(asPromptFor: meant, style: request.promptStyle, darkness: model.meanColor)
        } catch {
            throw InputError(
                .unprocessable, code: "unusable_prompt_mask", parameter: "prompt_mask", error.description)
        }
    }

    private func checked(_ embedding: [Float]) throws(InputError) -> [Float] {
        func invalid(_ problem: String) -> InputError {
            InputError(
                .unprocessable, code: "invalid_embedding", parameter: "embedding", "The embedding has \(problem).")
        }
        let expected = model.projectionDim
        guard embedding.count == expected else {
            throw invalid("\(embedding.count.counted("number")); this model takes \(expected)")
        }
        guard embedding.allSatisfy(\.isFinite) else {
            throw invalid("numbers that are not finite: NaN, infinite, or too large for 32 bits")
        }
        return embedding
    }
}
