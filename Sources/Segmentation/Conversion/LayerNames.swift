import CLIPSeg

/// What the parts of a transformer layer are called elsewhere, and what transformers calls them.
struct LayerNames {
    private let attention: String
    private let parts: [String: String]

    /// `torch.nn.TransformerEncoderLayer`, of which the original decoder is made.
    static let originalDecoder = LayerNames(
        attention: "self_attn",
        parts: ["linear1": "mlp.fc1", "linear2": "mlp.fc2", "norm1": "layer_norm1", "norm2": "layer_norm2"])

    /// `ResidualAttentionBlock` of OpenAI's CLIP.
    static let openAI = LayerNames(
        attention: "attn",
        parts: ["mlp.c_fc": "mlp.fc1", "mlp.c_proj": "mlp.fc2", "ln_1": "layer_norm1", "ln_2": "layer_norm2"])

    /// A tensor under its new name. The projections to queries, keys and values, elsewhere one matrix, become three.
    ///
    /// - Returns: nil if the name is not known.
    func renamed(_ name: String, _ tensor: StoredTensor) -> [(String, StoredTensor)]? {
        for kind in ["weight", "bias"] where name == "\(attention).in_proj_\(kind)" {
            guard let rows = tensor.shape.first, rows % 3 == 0 else { return nil }
            return ["q", "k", "v"].enumerated().map { index, part in
                ("self_attn.\(part)_proj.\(kind)", tensor.rows(index * rows / 3..<(index + 1) * rows / 3))
            }
        }
        for kind in ["weight", "bias"] {
            if name == "\(attention).out_proj.\(kind)" { return [("self_attn.out_proj.\(kind)", tensor)] }
            for (part, newPart) in parts where name == "\(part).\(kind)" { return [("\(newPart).\(kind)", tensor)] }
        }
        return nil
    }
}
