/// The sizes of a whole CLIPSeg: two encoders and the decoder. Defaults are transformers' `CLIPSegConfig`'s.
public struct CLIPSegConfig: Sendable, Equatable {
    /// The text encoder.
    public var textConfig: CLIPSegTextConfig
    /// The image encoder.
    public var visionConfig: CLIPSegVisionConfig
    /// The width of the space that texts and images share.
    public var projectionDim = 512
    /// The logarithm of the factor on similarities, before training.
    public var logitScaleInitValue: Float = 2.6592
    /// The vision layers, counted from 0, whose outputs the decoder sees.
    public var extractLayers = [3, 6, 9]
    /// The width of the decoder.
    public var reduceDim = 64
    /// The number of attention heads in the decoder, a divisor of `reduceDim`.
    public var decoderNumAttentionHeads = 4
    /// Read for completeness; the decoder's perceptrons use ReLU whatever this says, as the reference's do.
    public var decoderHiddenAct = HiddenActivation.quickGELU
    /// The width of the layer between the two of a perceptron of the decoder.
    public var decoderIntermediateSize = 2048
    /// The decoder layer, counted from 0, at whose input the prompt modulates the image (FiLM).
    public var conditionalLayer = 0
    /// Whether the logits come from a 3×3 convolution and two transposed ones, instead of a single transposed one.
    public var useComplexTransposedConvolution = false

    /// Creates a configuration from those of its two encoders.
    public init(
        textConfig: CLIPSegTextConfig = CLIPSegTextConfig(), visionConfig: CLIPSegVisionConfig = CLIPSegVisionConfig()
    ) {
        self.textConfig = textConfig
        self.visionConfig = visionConfig
    }

    /// The side of each of the two transposed kernels of the complex kind.
    var transposedKernelSize: Int { visionConfig.patchSize / 4 }
}

extension CLIPSegConfig {
    /// Reads a `config.json`.
    ///
    /// - Throws: `ConfigurationError` if it is no JSON object, describes another kind of model, or says something
    ///   impossible.
    public init(json: some Sequence<UInt8>, file: String = "config.json") throws(ConfigurationError) {
        try self.init(ConfigurationValues(json: json, file: file))
    }

    /// Reads the `config.json` of a checkpoint.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`.
    public init(_ folder: CheckpointFolder) throws {
        let file = try folder.require("config.json")
        try self.init(json: file.contents(), file: file.name)
    }

    /// Reads the `config.json` of a CLIP, which says all but what concerns the decoder; that takes the defaults.
    ///
    /// - Throws: `CheckpointError`, `ConfigurationError`.
    public init(clip folder: CheckpointFolder) throws {
        let file = try folder.require("config.json")
        let values = try ConfigurationValues(json: file.contents(), file: file.name)
        if let kind = try values.string("model_type"), kind != "clip" {
            throw values.error("model_type", "is “\(kind)”, not “clip”")
        }
        try self.init(sizes: values)
    }

    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        if let kind = try values.string("model_type"), kind != "clipseg" {
            throw values.error("model_type", "is “\(kind)”: this program runs CLIPSeg models only")
        }
        try self.init(sizes: values)
    }

    private init(sizes values: ConfigurationValues) throws(ConfigurationError) {
        // As transformers does: a legacy dictionary, its own gaps filled with defaults, overrides the plain one whole.
        self.init(
            textConfig: try CLIPSegTextConfig(try values.firstNested("text_config_dict", "text_config")),
            visionConfig: try CLIPSegVisionConfig(try values.firstNested("vision_config_dict", "vision_config")))
        projectionDim = try values.count("projection_dim", projectionDim)
        logitScaleInitValue = try values.number("logit_scale_init_value", logitScaleInitValue)
        extractLayers = try values.integers("extract_layers", extractLayers)
        reduceDim = try values.count("reduce_dim", reduceDim)
        decoderNumAttentionHeads = try values.count("decoder_num_attention_heads", decoderNumAttentionHeads)
        decoderHiddenAct = try values.activation("decoder_hidden_act", decoderHiddenAct)
        decoderIntermediateSize = try values.count("decoder_intermediate_size", decoderIntermediateSize)
        conditionalLayer = try values.integer("conditional_layer", conditionalLayer)
        useComplexTransposedConvolution = try values.flag(
            "use_complex_transposed_convolution", useComplexTransposedConvolution)
        try validate(values)
    }

    private func validate(_ values: ConfigurationValues) throws(ConfigurationError) {
        try values.requireDivisor(
            decoderNumAttentionHeads, "decoder_num_attention_heads", of: reduceDim, "reduce_dim")
        guard !extractLayers.isEmpty, extractLayers.allSatisfy({ (0..<visionConfig.numHiddenLayers).contains($0) })
        else {
            throw values.error(
                "extract_layers",
                "is \(extractLayers), but the vision encoder has the layers 0 to "
                    + "\(visionConfig.numHiddenLayers - 1)")
        }
        guard extractLayers.indices.contains(conditionalLayer) else {
            throw values.error(
                "conditional_layer",
                "is \(conditionalLayer), but the decoder has the layers 0 to "
                    + "\(extractLayers.count - 1)")
        }
        guard !useComplexTransposedConvolution || (visionConfig.patchSize >= 4 && reduceDim >= 2) else {
            throw values.error(
                "use_complex_transposed_convolution", "needs a patch_size of at least 4 and a reduce_dim of at least 2")
        }
    }
}
