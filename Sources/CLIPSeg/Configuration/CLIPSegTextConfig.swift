/// The sizes of the text encoder. Defaults are transformers' `CLIPSegTextConfig`'s.
public struct CLIPSegTextConfig: Sendable, Equatable {
    /// The number of tokens that the vocabulary knows.
    public var vocabularySize = 49408
    /// The width of the hidden states.
    public var hiddenSize = 512
    /// The width of the layer between the two of a multi-layer perceptron.
    public var intermediateSize = 2048
    /// The number of encoder layers.
    public var numHiddenLayers = 12
    /// The number of attention heads, a divisor of `hiddenSize`.
    public var numAttentionHeads = 8
    /// The longest prompt in tokens, its start and end included.
    public var maxPositionEmbeddings = 77
    /// What stands between the two layers of a perceptron.
    public var hiddenAct = HiddenActivation.quickGELU
    /// Keeps layer norms finite.
    public var layerNormEps: Float = 1e-5
    /// The token that fills a batch up.
    public var padTokenID: Int? = 1
    /// The token that begins a prompt.
    public var bosTokenID: Int? = 49406
    /// The token at which the text is pooled; 2, a mistake of old checkpoints, means the largest id instead.
    public var eosTokenID = 49407

    /// Creates a configuration with the reference's default values.
    public init() {}
}

extension CLIPSegTextConfig {
    init(_ values: ConfigurationValues) throws(ConfigurationError) {
        vocabularySize = try values.count("vocab_size", vocabularySize)
        hiddenSize = try values.count("hidden_size", hiddenSize)
        intermediateSize = try values.count("intermediate_size", intermediateSize)
        numHiddenLayers = try values.count("num_hidden_layers", numHiddenLayers)
        numAttentionHeads = try values.count("num_attention_heads", numAttentionHeads)
        maxPositionEmbeddings = try values.count("max_position_embeddings", maxPositionEmbeddings)
        hiddenAct = try values.activation("hidden_act", hiddenAct)
        layerNormEps = try values.epsilon("layer_norm_eps", layerNormEps)
        padTokenID = try values.optionalInteger("pad_token_id", padTokenID)
        bosTokenID = try values.optionalInteger("bos_token_id", bosTokenID)
        eosTokenID = try values.integer("eos_token_id", eosTokenID)
        try values.requireDivisor(numAttentionHeads, "num_attention_heads", of: hiddenSize, "hidden_size")
    }
}
