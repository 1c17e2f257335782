import Imaging

extension SegmentationRequest {
    /// The media type of the answer.
    public var contentType: String {
        let isSeparate = combination == .separate && output != .labels && output != .json && output != .logits
        return isSeparate ? package.contentType : output.contentType
    }

    /// - Parameter knowsPrompts: Whether there are as many prompts as there will be.
    /// - Throws: `InputError` if an option is out of range, contradicts another, or a prompt is missing.
    func validate(knowsPrompts: Bool = true) throws(InputError) {
        guard !image.isEmpty else { throw InputError(ImageError.empty, parameter: "image") }
        guard !prompts.isEmpty else {
            throw InputError(
                .malformed, code: "missing_parameter", parameter: "prompt",
                "There is no prompt. Say what to look for, “a red umbrella” for instance.")
        }
        try validatePrompts()
        if knowsPrompts {
            try requireOneForEachPrompt(thresholds.all.count, "threshold")
            if !promptWeights.isEmpty { try requireOneForEachPrompt(promptWeights.count, "prompt_weight") }
        }
        for case .probability(let threshold) in thresholds.all {
            guard threshold >= 0, threshold <= 1 else {
                throw .invalid("threshold", "is \(threshold); it can be a number from 0 to 1")
            }
        }
        try validateBitDepth()
    }

    /// The number of prompts that the answer is about: fewer than were given if texts and images are blended.
    var answeredPrompts: Int {
        blend == nil ? prompts.count : prompts.count - prompts.count { if case .image = $0 { true } else { false } }
    }

    private func validatePrompts() throws(InputError) {
        var texts = 0
        var others = 0
        for prompt in prompts {
            switch prompt {
            case .text(let text):
                try InputError.requireWords(text, parameter: "prompt")
                texts += 1
            case .expression(let expression):
                for text in expression.operands { try InputError.requireWords(text, parameter: "prompt_expr") }
                texts += expression.operands.count
            case .image, .embedding: others += 1
            }
        }
        for text in negativePrompts { try InputError.requireWords(text, parameter: "negative_prompt") }
        for template in templates {
            guard template.utf8.count <= Self.maxTemplateBytes else {
                throw .tooLong("template", template, maxBytes: Self.maxTemplateBytes)
            }
            guard template.split(separator: "{}", omittingEmptySubsequences: false).count == 2 else {
                throw .invalid("template", "is “\(template.shortened)”; it should have {} once, where the prompt goes")
            }
        }
        texts += negativePrompts.count
        guard texts + others <= Self.maxPrompts else {
            throw InputError(
                .malformed, code: "too_many_prompts", parameter: "prompt",
                "There are \(texts + others) prompts; at most \(Self.maxPrompts) fit one request.")
        }
        guard !templates.isEmpty, texts == 0 else { return }
        throw .contradictory("template", "means nothing without a text to put into it")
    }

    private func requireOneForEachPrompt(_ count: Int, _ parameter: String) throws(InputError) {
        guard count != 1, count != answeredPrompts else { return }
        throw .invalid(
            parameter,
            "is given \(count) times for \(answeredPrompts.counted("prompt")); give it once, or once for each prompt")
    }

    private func validateBitDepth() throws(InputError) {
        guard let bitDepth else { return }
        guard bitDepth == 8 || bitDepth == (output == .mask ? 1 : 16) else {
            throw .invalid(
                "bit_depth",
                "is \(bitDepth); with as=\(output.rawValue) it can be \(output == .mask ? "1, 8" : "8, 16")")
        }
        guard bitDepth > 1 || feather == 0 else {
            throw .contradictory("feather", "means nothing with bit_depth=1, which has no shades")
        }
    }
}
