/// The sizes of the image encoder. Defaults are transformers' `CLIPSegVisionConfig`'s.
public struct CLIPSegVisionConfig: Sendable, Equatable {
    /// The width of the hidden states.
    public var hiddenSize = 768
    /// The width of the layer between the two of a multi-layer perceptron.
    public var intermediateSize = 3072
    /// The number of encoder layers.
    public var numHiddenLayers = 12
    /// The number of attention heads, a divisor of `hiddenSize`.
    public var numAttentionHeads = 12
    /// The number of colour channels.
    public var numChannels = 3
    /// The side, in pixels, of the images that the position embeddings were trained on. Others are interpolated for.
    public var imageSize = 224
    /// The side of a patch, in pixels.
    public var patchSize = 32
    /// What stands between the two layers of a perceptron.
    public var hiddenAct = HiddenActivation.quickGELU
    /// Keeps layer norms finite.
    public var layerNormEps: Float = 1e-5

    /// Creates a configuration with the reference's default values.
    public init() {}

    /// The number of patches along a side of the images that the position embeddings were trained on.
    var trainedGridSize: Int { imageSize / patchSize }
}

extension CLIPSegVisionConfig {
    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        hiddenSize = try values.count("hidden_size", hiddenSize)
        intermediateSize = try values.count("intermediate_size", intermediateSize)
        numHiddenLayers = try values.count("num_hidden_layers", numHiddenLayers)
        numAttentionHeads = try values.count("num_attention_heads", numAttentionHeads)
        numChannels = try values.count("num_channels", numChannels)
        imageSize = try values.side("image_size", imageSize)
        patchSize = try values.side("patch_size", patchSize)
        hiddenAct = try values.activation("hidden_act", hiddenAct)
        layerNormEps = try values.epsilon("layer_norm_eps", layerNormEps)
        try values.requireDivisor(numAttentionHeads, "num_attention_heads", of: hiddenSize, "hidden_size")
        guard numChannels == 3 else {
            throw values.error("num_channels", "is \(numChannels), but images come as 3 channels: red, green and blue")
        }
        guard patchSize <= imageSize else {
            throw values.error("patch_size", "is \(patchSize), more than the image_size of \(imageSize)")
        }
    }
}
