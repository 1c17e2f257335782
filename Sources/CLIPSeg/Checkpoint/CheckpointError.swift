/// A checkpoint that can't be loaded.
public enum CheckpointError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is nothing at this path.
    case noSuchFolder(path: String)
    /// The path leads to something else than a folder.
    case notAFolder(path: String)
    /// The folder lacks a file that every checkpoint has.
    case missingFile(name: String, folder: String)
    /// The system did not let us read the file.
    case unreadable(path: String, reason: String)
    /// The file is not what its name says.
    case malformed(file: String, reason: String)
    /// The file may be whole, but holds what is not read here.
    case refused(file: String, reason: String)
    /// No file of the checkpoint has this tensor.
    case missingTensor(name: String, expected: [Int])
    /// The tensor has another shape than the configuration asks for.
    case wrongShape(name: String, expected: [Int], found: [Int])
    /// The tensor holds numbers in a format that is not supported.
    case unsupportedFormat(name: String, format: String)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .noSuchFolder(let path):
            "there is no checkpoint folder at \(path): give the folder that holds config.json and model.safetensors"
        case .notAFolder(let path):
            "\(path) is not a folder: give the folder that holds config.json and model.safetensors, not a file in it"
        case .missingFile(let name, let folder):
            "\(folder) has no \(name): is it a checkpoint as save_pretrained writes it, completely downloaded?"
        case .unreadable(let path, let reason):
            "\(path) cannot be read: \(reason)"
        case .malformed(let file, let reason):
            "\(file) is damaged or incomplete: \(reason). Download it again"
        case .refused(let file, let reason):
            "\(file) is not read: \(reason)"
        case .missingTensor(let name, let expected):
            "the checkpoint has no tensor \(name), which should have the shape \(expected): does config.json belong "
                + "to these weights?"
        case .wrongShape(let name, let expected, let found):
            "the tensor \(name) has the shape \(found), but config.json asks for \(expected): do they belong together?"
        case .unsupportedFormat(let name, let format):
            "the tensor \(name) holds \(format) numbers; supported are F32, F16 and BF16"
        }
    }
}
