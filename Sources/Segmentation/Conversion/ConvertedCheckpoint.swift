import CLIPSeg
import Compute
import ModelHub

/// All that a checkpoint folder will hold.
struct ConvertedCheckpoint {
    /// The weights under transformers' names.
    let tensors: [String: StoredTensor]
    /// The small files by name.
    let files: [String: [UInt8]]

    private static let tokenizerFiles = [
        "tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "special_tokens_map.json",
        "added_tokens.json",
    ]
    private static let processorFiles = ["preprocessor_config.json", "processor_config.json"]

    /// A folder that is a whole checkpoint.
    init(_ folder: CheckpointFolder, format: StoredFormat?) throws {
        // Before the work, and with the source's path in the error.
        _ = try CLIPSegConfig(folder)
        // Old versions of transformers wrote position_ids, which are no weights.
        tensors = try folder.tensors().filter { !$0.key.hasSuffix("position_ids") }
        let config = try folder.require("config.json").contents()
        var files = try Self.copies(of: Self.tokenizerFiles + Self.processorFiles, in: folder)
        files["config.json"] = format.map { ConfigurationFile.changed(config, format: $0) } ?? config
        self.files = files
    }

    /// A decoder of the original authors, and the CLIP that it belongs to.
    ///
    /// - Parameters:
    ///   - file: Their file.
    ///   - clip: The CLIP, unless the file has it too.
    ///   - tokenizer: A folder with a tokenizer, unless the CLIP's has it too.
    init(decoder file: String, clip: CLIPSource?, tokenizer: CheckpointFolder?, format: StoredFormat?) throws {
        let original = try WeightFile.tensors(path: file)
        let decoder = try OriginalDecoder(original, file: file)
        guard let clip = try clip ?? CLIPSource(within: original, file: file) else {
            throw ConversionError.needsCLIP(file: file)
        }
        guard let tokenizer = tokenizer ?? clip.folder else { throw ConversionError.needsTokenizer }
        var files = try Self.copies(of: Self.tokenizerFiles, in: tokenizer)
        guard !files.isEmpty else { throw ConversionError.needsTokenizer }
        var config = clip.config
        try decoder.configure(&config)
        tensors = clip.tensors.merging(decoder.tensors) { clip, _ in clip }
        files["config.json"] = try ConfigurationFile.json(config, format: format ?? .float32)
        files["preprocessor_config.json"] = try ConfigurationFile.preprocessorJSON()
        self.files = files
    }

    private static func copies(of names: [String], in folder: CheckpointFolder) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in names { files[name] = try folder.open(name)?.contents() }
        return files
    }
}
