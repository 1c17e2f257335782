/// A file of weights that stands alone, with whatever name.
public enum WeightFile {
    /// The tensors of a safetensors file, or of one that `torch.save` made of a state dict.
    ///
    /// - Throws: `CheckpointError`.
    public static func tensors(path: String) throws(CheckpointError) -> [String: StoredTensor] {
        let file = try FileBytes(path: path)
        // A ZIP archive, and the pickle that older versions of PyTorch wrote; safetensors begin with a small number.
        let isTorch = file.withUnsafeBytes { $0.starts(with: [0x50, 0x4B]) || $0.starts(with: [0x80, 0x02]) }
        return try (isTorch ? WeightFileKind.torch : .safetensors).tensors(in: file)
    }
}
