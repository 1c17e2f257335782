import CLIPSeg

/// A CLIP to put behind a decoder.
struct CLIPSource {
    /// The weights under the names that they have in a CLIPSeg.
    let tensors: [String: StoredTensor]
    /// Its sizes, with the decoder's left at their defaults.
    let config: CLIPSegConfig
    /// Where its tokenizer may be.
    let folder: CheckpointFolder?

    /// A folder as `save_pretrained` writes it.
    init(_ folder: CheckpointFolder) throws {
        config = try CLIPSegConfig(clip: folder)
        var tensors: [String: StoredTensor] = [:]
        for (name, tensor) in try folder.tensors() where !name.hasSuffix("position_ids") {
            tensors["clip." + name] = tensor
        }
        self.tensors = tensors
        self.folder = folder
    }

    /// A state dict of OpenAI's code.
    init(file: String) throws {
        let tensors = try WeightFile.tensors(path: file)
        guard OpenAIWeights.isContained(in: tensors) else { throw ConversionError.notACLIP(file: file) }
        try self.init(OpenAIWeights(tensors, file: file))
    }

    /// The CLIP in a file that has the whole of the authors' model; nil if there is none.
    init?(within original: [String: StoredTensor], file: String) throws {
        let prefix = "clip_model."
        let tensors = original.filter { $0.key.hasPrefix(prefix) }
        let named = Dictionary(uniqueKeysWithValues: tensors.map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        guard OpenAIWeights.isContained(in: named) else { return nil }
        try self.init(OpenAIWeights(named, file: file))
    }

    private init(_ weights: OpenAIWeights) throws {
        tensors = weights.tensors
        config = try weights.config()
        folder = nil
    }
}
