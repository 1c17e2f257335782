import Imaging

extension SegmentationParameters {
    /// All parameters of a segmentation but the image itself, in the order in which they are documented.
    public static let all: [Parameter] = prompting + answer + looks + edges + seeing

    /// Those that may be given most often, together with one image: what a form must have room for.
    public static var maxParts: Int { all.reduce(1) { $0 + $1.maxCount } }

    private static let pictures: [OutputKind] = [.mask, .probability, .cutout, .overlay]
    private static let masks: [OutputKind] = [.mask, .cutout, .labels, .json]

    private static func output(_ kinds: [OutputKind]) -> ParameterCondition {
        ParameterCondition(parameter: "as", values: kinds.map(\.rawValue))
    }

    private static func given(_ name: String) -> ParameterCondition {
        ParameterCondition(parameter: name, values: nil)
    }

    private static let prompting: [Parameter] = [
        .texts(
            "prompt", atMost: SegmentationRequest.maxPrompts, \.texts,
            "What to look for, in words; repeat it for several prompts."),
        .texts(
            "prompt_expr", atMost: 1, maxBytes: PromptExpressionParser.maxBytes, \.expressions,
            "Prompts joined by AND, OR, NOT (in capitals) and parentheses, for instance (cat OR dog) AND NOT toy."),
        .files(
            "prompt_image", atMost: SegmentationRequest.maxPromptImages, \.images,
            "A PNG or JPEG file that shows what to look for; repeatable."),
        .files(
            "prompt_mask", atMost: SegmentationRequest.maxPromptImages, \.imageMasks,
            "A PNG or JPEG file, white where the prompt image shows what is meant, black or transparent elsewhere; one for each "
                + "prompt image.",
            needs: given("prompt_image")),
        .word(
            "prompt_style", \.request.promptStyle,
            "What is done to a prompt image so that it shows what its mask covers.", needs: given("prompt_mask")),
        .vectors(
            "embedding", atMost: SegmentationRequest.maxPrompts, \.embeddings,
            "Numbers that stand for what to look for, as many as the model's projection_dim; repeatable."),
        .optionalNumber(
            "blend", 0...1, \.request.blend,
            "Makes one prompt of each text and prompt image in turn: 0 is the text alone, 1 the image alone.",
            needs: given("prompt_image")),
        .texts(
            "negative_prompt", atMost: SegmentationRequest.maxPrompts, \.request.negativePrompts,
            "What not to look for: probabilities are at most 1 minus that of any of these; repeatable."),
        .texts(
            "template", atMost: SegmentationRequest.maxTemplates, maxBytes: SegmentationRequest.maxTemplateBytes,
            \.request.templates,
            "A sentence with {} in place of the prompt; of several, the embeddings are averaged."),
        .numbers(
            "prompt_weight", 0.01...100, atMost: SegmentationRequest.maxPrompts, \.request.promptWeights,
            "Multiplies the odds of a prompt at every pixel; one for each prompt, in their order."),
    ]

    private static let answer: [Parameter] = [
        .word("as", \.request.output, "What to answer with."),
        .thresholds(
            "threshold", \.request.thresholds,
            "The probability from which on a pixel belongs to a mask, or auto for Otsu's; one, or one for each prompt.",
            needs: output(masks)),
        .word(
            "combine", \.request.combination,
            "What becomes of several prompts: one picture of what any of them describes, of what all do, of what only the "
                + "first does, or a picture for each.", needs: output(pictures)),
        .size(
            "size", \.request.size,
            "The size of the answer in pixels: that of the image, of the model's output, or another.",
            needs: output(pictures + [.labels, .json])),
        .flag(
            "components", \.request.listsComponents, "Whether JSON lists the connected parts of each mask.",
            needs: output([.json])),
        .word("mask_format", \.request.maskFormat, "How JSON carries each mask.", needs: output([.json])),
    ]

    private static let looks: [Parameter] = [
        .choice(
            "bit_depth", [1, 8, 16], \.request.bitDepth,
            "Bits of a pixel: 1 or 8 for a mask, 8 or 16 for probabilities; 8 if not given.",
            needs: output([.mask, .probability])),
        .color(
            "background", \.request.background, "A colour to lay the cutout on; transparent if not given.",
            needs: output([.cutout])),
        .flag(
            "crop", \.request.crops, "Whether the cutout is cropped to what is left of the picture.",
            needs: output([.cutout])),
        .integer(
            "margin", 0...4096, \.request.margin, "Pixels that are left around a cropped cutout.",
            needs: ParameterCondition(parameter: "crop", values: ["true"])),
        .number(
            "alpha", 0...1, \.request.overlayAlpha, "How much of the heat map's colours is seen over the picture.",
            needs: output([.overlay])),
        .word("colormap", \.request.colormap, "The colours of the heat map.", needs: output([.overlay])),
    ]

    private static let edges: [Parameter] = [
        .word(
            "refine", \.request.refinement,
            "guided moves the edges of what was found to where the picture has its own.",
            needs: output(pictures + [.labels, .json])),
        .optionalInteger(
            "refine_radius", 1...256, \.request.refineRadius,
            "How far refining looks, in pixels of the answer; three quarters of one of the model's patches if not given.",
            needs: ParameterCondition(parameter: "refine", values: ["guided"])),
        .number(
            "refine_epsilon", 0.0001...1, \.request.refineEpsilon,
            "How weak an edge refining takes for noise: the square of its contrast.",
            needs: ParameterCondition(parameter: "refine", values: ["guided"])),
        .number(
            "smooth", 0...64, \.request.smoothing,
            "Smooths the probabilities with a Gaussian of this standard deviation in pixels.",
            needs: output(pictures + [.labels, .json])),
        .flag("fill_holes", \.request.fillsHoles, "Whether holes in a mask are filled.", needs: output(masks)),
        .integer(
            "shrink", 0...512, \.request.shrinking, "Takes so many pixels off a mask's edge.", needs: output(masks)),
        .integer(
            "grow", 0...512, \.request.growing, "Adds so many pixels to a mask's edge, after shrinking.",
            needs: output(masks)),
        .integer(
            "min_area", 0...1_000_000_000, \.request.minArea, "Drops the parts of a mask that have fewer pixels.",
            needs: output(masks)),
        .flag(
            "largest_only", \.request.keepsLargestOnly, "Whether only the largest part of a mask is kept.",
            needs: output(masks)),
        .flag(
            "invert", \.request.inverts, "Whether to answer with everything but what was found.",
            needs: output(pictures + [.json])),
        .number(
            "feather", 0...256, \.request.feather, "Softens a mask's edge over so many pixels on both sides.",
            needs: output([.mask, .cutout])),
    ]

    private static let seeing: [Parameter] = [
        .word(
            "decode", \.request.decoding,
            "exact decodes as the reference does; fast decodes large JPEG at reduced size, and edges may differ a little."
        ),
        .optionalInteger(
            "resolution", 224...1024, \.request.resolution,
            "The longer side in pixels of what the model sees, a multiple of its patches' side; its own if not given."),
        .word(
            "fit", \.request.fit,
            "How the image is fitted to that: stretched to a square, with bars beside it, or in its own proportions."),
        .grid(
            "tiles", \.request.tiles,
            "Rows and columns of overlapping tiles that the model looks at one by one."),
        .number(
            "overlap", 0...0.5, \.request.tileOverlap, "How much of its sides a tile shares with its neighbours.",
            needs: ParameterCondition(parameter: "tiles", values: nil, exception: "\(TileCount.one)")),
    ]
}

extension Parameter {
    /// Thresholds: numbers, or `auto`.
    fileprivate static func thresholds(
        _ name: String, _ path: Path<Thresholds>, _ help: String, needs condition: ParameterCondition?
    ) -> Parameter {
        let kind = ParameterKind.number(0...1, words: ["auto"])
        return Parameter(
            name: name, kind: kind, maxCount: SegmentationRequest.maxPrompts, defaultText: "0.5", help: help,
            condition: condition
        ) { values, draft throws(InputError) in
            draft[keyPath: path] = Thresholds(
                try values.map { value throws(InputError) in
                    try read(name, value, kind) { text in
                        text == "auto" ? Threshold.automatic : number(text, in: 0...1).map(Threshold.probability)
                    }
                })
        }
    }

    /// One of a few whole numbers.
    fileprivate static func choice(
        _ name: String, _ choices: [Int], _ path: Path<Int?>, _ help: String, needs condition: ParameterCondition?
    ) -> Parameter {
        one(name, .choice(choices), path, { _ in nil }, help, condition) { text in
            choices.first { "\($0)" == text }.map(Int?.some)
        }
    }
}
