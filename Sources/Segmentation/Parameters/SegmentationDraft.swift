/// A request as far as its parameters have been read: prompts of each kind apart.
struct SegmentationDraft: Sendable {
    var request = SegmentationRequest(image: [], prompts: [])
    var texts: [String] = []
    var expressions: [String] = []
    var images: [[UInt8]] = []
    var imageMasks: [[UInt8]] = []
    var embeddings: [[Float]] = []

    /// The request, its prompts in the order text, expression, image, embedding.
    ///
    /// - Parameter knowsPrompts: Whether there are as many prompts as there will be.
    /// - Throws: `InputError` if parameters that belong together do not fit.
    func finished(image: [UInt8], knowsPrompts: Bool) throws(InputError) -> SegmentationRequest {
        var request = request
        request.image = image
        guard imageMasks.isEmpty || imageMasks.count == images.count else {
            throw .invalid(
                "prompt_mask",
                "is given \(imageMasks.count) times for \(images.count) “prompt_image”; give one for each, or none")
        }
        let pictures = images.indices.map { index in
            SegmentationRequest.Prompt.image(images[index], mask: imageMasks.isEmpty ? nil : imageMasks[index])
        }
        if request.blend != nil, texts.count != images.count {
            throw .invalid(
                "blend",
                "takes a text for each image: there are \(texts.count) “prompt” and \(images.count) “prompt_image”")
        }
        request.prompts = texts.map { .text($0) }
        for expression in expressions { request.prompts.append(.expression(try PromptExpression(parsing: expression))) }
        request.prompts += pictures
        request.prompts += embeddings.map { .embedding($0) }
        try request.validate(knowsPrompts: knowsPrompts)
        return request
    }
}
