/// The kinds of files that `save_pretrained` writes weights to, in the order in which they are looked for.
enum WeightFileKind: CaseIterable {
    case safetensors
    /// What PyTorch's `torch.save` makes of a state dict.
    case torch

    /// The name of the file if there is only one.
    var singleFile: String {
        switch self {
        case .safetensors: "model.safetensors"
        case .torch: "pytorch_model.bin"
        }
    }

    /// The name of the file that tells which tensor is in which of several.
    var indexFile: String { singleFile + ".index.json" }

    /// The tensors of one file by name.
    func tensors(in file: FileBytes) throws(CheckpointError) -> [String: StoredTensor] {
        switch self {
        case .safetensors: try SafetensorsHeader(file).entries.mapValues { StoredTensor(in: file, $0) }
        case .torch: try TorchStateDict(file).tensors
        }
    }
}
