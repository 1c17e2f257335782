import CLIPSeg

/// A CLIP as OpenAI's own code has it: the state dict of its class `CLIP`, with a vision transformer.
///
/// Source: `clip/model.py` of openai/CLIP.
struct OpenAIWeights {
    /// The tensors under transformers' names.
    let tensors: [String: StoredTensor]
    private let original: [String: StoredTensor]
    private let file: String

    /// - Parameters:
    ///   - original: The tensors of the file.
    ///   - file: What errors call it.
    init(_ original: [String: StoredTensor], file: String) throws(ConversionError) {
        var tensors: [String: StoredTensor] = [:]
        for (name, tensor) in original where !Self.sizes.contains(name) {
            guard let renamed = Self.renamed(name, tensor) else { throw .unknownTensor(file: file, name: name) }
            for (name, tensor) in renamed { tensors["clip." + name] = tensor }
        }
        self.tensors = tensors
        self.original = original
        self.file = file
    }

    /// Whether a file has the weights of such a CLIP.
    static func isContained(in tensors: [String: StoredTensor]) -> Bool {
        tensors.keys.contains("visual.conv1.weight")
    }

    /// What published files have besides weights.
    private static let sizes: Set = ["input_resolution", "context_length", "vocab_size"]

    private static let names = [
        "logit_scale": "logit_scale",
        "positional_embedding": "text_model.embeddings.position_embedding.weight",
        "token_embedding.weight": "text_model.embeddings.token_embedding.weight",
        "ln_final.weight": "text_model.final_layer_norm.weight",
        "ln_final.bias": "text_model.final_layer_norm.bias",
        "visual.class_embedding": "vision_model.embeddings.class_embedding",
        "visual.positional_embedding": "vision_model.embeddings.position_embedding.weight",
        "visual.conv1.weight": "vision_model.embeddings.patch_embedding.weight",
        "visual.ln_pre.weight": "vision_model.pre_layrnorm.weight",
        "visual.ln_pre.bias": "vision_model.pre_layrnorm.bias",
        "visual.ln_post.weight": "vision_model.post_layernorm.weight",
        "visual.ln_post.bias": "vision_model.post_layernorm.bias",
    ]
    /// What the original multiplies from the right.
    private static let transposedNames = [
        "text_projection": "text_projection.weight", "visual.proj": "visual_projection.weight",
    ]
    private static let layers = [
        "transformer.resblocks.": "text_model", "visual.transformer.resblocks.": "vision_model",
    ]

    private static func renamed(_ name: String, _ tensor: StoredTensor) -> [(String, StoredTensor)]? {
        if let newName = names[name] { return [(newName, tensor)] }
        if let newName = transposedNames[name] { return [(newName, tensor.transposed)] }
        for (prefix, encoder) in layers where name.hasPrefix(prefix) {
            let parts = name.dropFirst(prefix.count).split(separator: ".", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            return LayerNames.openAI.renamed(String(parts[1]), tensor)?
                .map { ("\(encoder).encoder.layers.\(parts[0]).\($0)", $1) }
        }
        return nil
    }

    /// What the shapes tell, as the original code reads them.
    func config() throws(ConversionError) -> CLIPSegConfig {
        var config = CLIPSegConfig()
        config.projectionDim = try size("text_projection", 1)
        config.visionConfig.hiddenSize = try size("visual.conv1.weight", 0)
        config.visionConfig.numAttentionHeads = try heads(of: config.visionConfig.hiddenSize)
        config.visionConfig.intermediateSize = try size("visual.transformer.resblocks.0.mlp.c_fc.weight", 0)
        config.visionConfig.numHiddenLayers = layerCount("visual.transformer.resblocks.")
        config.visionConfig.patchSize = try size("visual.conv1.weight", 3)
        let patches = try size("visual.positional_embedding", 0) - 1
        let grid = Int(Double(patches).squareRoot().rounded())
        guard grid > 0, grid * grid == patches else { throw .notACLIP(file: file) }
        config.visionConfig.imageSize = grid * config.visionConfig.patchSize
        config.textConfig.hiddenSize = try size("ln_final.weight", 0)
        config.textConfig.numAttentionHeads = try heads(of: config.textConfig.hiddenSize)
        config.textConfig.intermediateSize = try size("transformer.resblocks.0.mlp.c_fc.weight", 0)
        config.textConfig.numHiddenLayers = layerCount("transformer.resblocks.")
        config.textConfig.maxPositionEmbeddings = try size("positional_embedding", 0)
        config.textConfig.vocabularySize = try size("token_embedding.weight", 0)
        // The last two tokens begin and end a text.
        config.textConfig.bosTokenID = config.textConfig.vocabularySize - 2
        config.textConfig.eosTokenID = config.textConfig.vocabularySize - 1
        return config
    }

    /// A head has 64 numbers in each of OpenAI's models.
    private func heads(of width: Int) throws(ConversionError) -> Int {
        guard width % 64 == 0, width > 0 else { throw .notACLIP(file: file) }
        return width / 64
    }

    private func layerCount(_ prefix: String) -> Int {
        original.keys.count { $0.hasPrefix(prefix) && $0.hasSuffix(".attn.in_proj_weight") }
    }

    private func size(_ name: String, _ dimension: Int) throws(ConversionError) -> Int {
        guard let shape = original[name]?.shape, shape.indices.contains(dimension) else {
            throw .notACLIP(file: file)
        }
        return shape[dimension]
    }
}
