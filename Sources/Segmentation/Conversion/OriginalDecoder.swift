import CLIPSeg

/// The decoder as CLIPSeg's authors publish it: `rd64-uni.pth`, `rd64-uni-refined.pth`, `rd16-uni.pth`.
///
/// Source: `models/clipseg.py` of timojl/clipseg, class `CLIPDensePredT`.
struct OriginalDecoder {
    /// The tensors under transformers' names.
    let tensors: [String: StoredTensor]
    private let file: String

    /// - Parameters:
    ///   - original: The tensors of the file. Those of a CLIP in it are left out, and so is `reduce`, which the authors'
    ///     code has but does not use.
    ///   - file: What errors call it.
    init(_ original: [String: StoredTensor], file: String) throws(ConversionError) {
        guard original.keys.contains("film_mul.weight") else { throw .notADecoder(file: file) }
        var tensors: [String: StoredTensor] = [:]
        for (name, tensor) in original where !Self.isLeftOut(name) {
            guard let renamed = Self.renamed(name, tensor) else { throw .unknownTensor(file: file, name: name) }
            for (name, tensor) in renamed { tensors["decoder." + name] = tensor }
        }
        self.tensors = tensors
        self.file = file
    }

    private static func isLeftOut(_ name: String) -> Bool {
        ["clip_model.", "model.", "reduce."].contains { name.hasPrefix($0) }
    }

    private static func renamed(_ name: String, _ tensor: StoredTensor) -> [(String, StoredTensor)]? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        switch parts[0] {
        case "film_mul", "film_add", "reduces": return [(name, tensor)]
        case "trans_conv":
            return [(["transposed_convolution"] + parts.dropFirst().map(String.init)).joined(separator: ".")]
                .map { ($0, tensor) }
        case "blocks":
            guard parts.count > 2 else { return nil }
            return LayerNames.originalDecoder.renamed(parts.dropFirst(2).joined(separator: "."), tensor)?
                .map { ("layers.\(parts[1]).\($0)", $1) }
        default: return nil
        }
    }

    /// Sets in `config` what the shapes of the decoder tell. What they don't is the same in all that were published.
    func configure(_ config: inout CLIPSegConfig) throws(ConversionError) {
        config.reduceDim = try size("film_mul.weight", 0)
        config.decoderIntermediateSize = try size("layers.0.mlp.fc1.weight", 0)
        config.useComplexTransposedConvolution = tensors["decoder.transposed_convolution.0.weight"] != nil
        guard config.reduceDim % config.decoderNumAttentionHeads == 0 else { throw .notADecoder(file: file) }
    }

    private func size(_ name: String, _ dimension: Int) throws(ConversionError) -> Int {
        guard let shape = tensors["decoder." + name]?.shape, shape.indices.contains(dimension) else {
            throw .notADecoder(file: file)
        }
        return shape[dimension]
    }
}
