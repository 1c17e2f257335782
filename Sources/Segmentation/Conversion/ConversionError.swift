/// Why a checkpoint can't be converted.
public enum ConversionError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is nothing at this path.
    case noSuchInput(path: String)
    /// The file has no decoder of CLIPSeg.
    case notADecoder(file: String)
    /// The file has no CLIP with a vision transformer.
    case notACLIP(file: String)
    /// The file has a decoder alone.
    case needsCLIP(file: String)
    /// The folder is a whole checkpoint.
    case needsNoCLIP(folder: String)
    /// The CLIP has no tokenizer beside it.
    case needsTokenizer
    /// The file has something that has no place in the model that it should become.
    case unknownTensor(file: String, name: String)
    /// A number is too large for the format that was asked for.
    case tooLarge(tensor: String, format: String)
    /// Something is at the output's path already.
    case outputExists(path: String)
    /// What is at the output's path would be replaced, but is more than a checkpoint.
    case outputIsMore(path: String, file: String)
    /// The system does not let us write.
    case unwritable(path: String, reason: String)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .noSuchInput(let path):
            "there is no \(path): give a checkpoint folder, or a file of the original authors"
        case .notADecoder(let file):
            "\(file) has no decoder of CLIPSeg: give a checkpoint folder, or rd64-uni.pth, rd64-uni-refined.pth or "
                + "rd16-uni.pth"
        case .notACLIP(let file):
            "\(file) is no CLIP with a vision transformer: give the folder of openai/clip-vit-base-patch16, or the state "
                + "dict of OpenAI's ViT-B/16"
        case .needsCLIP(let file):
            "\(file) is a decoder alone: name the CLIP that it was trained with, ViT-B/16, with --clip"
        case .needsNoCLIP(let folder):
            "\(folder) is a whole checkpoint: leave --clip and --tokenizer out"
        case .needsTokenizer:
            "the CLIP comes without a tokenizer: name a folder with vocab.json and merges.txt with --tokenizer"
        case .unknownTensor(let file, let name):
            "\(file) has a tensor \(name), which has no place in CLIPSeg as transformers has it"
        case .tooLarge(let tensor, let format):
            "the tensor \(tensor) has numbers too large for \(format): choose --dtype bf16 or fp32"
        case .outputExists(let path):
            "\(path) is there already: name another folder, or add --force to replace it"
        case .outputIsMore(let path, let file):
            "\(path) is not replaced, because it is more than a checkpoint: it holds \(file)"
        case .unwritable(let path, let reason):
            "\(path) can't be written: \(reason)"
        }
    }
}
