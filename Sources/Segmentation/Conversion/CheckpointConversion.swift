import CLIPSeg
public import Compute
import Glibc
import ModelHub

/// Writes a checkpoint anew, as `save_pretrained` does: from PyTorch's files, or from the original authors'.
public struct CheckpointConversion {
    /// How far the writing has come.
    public struct Progress: Sendable {
        /// The bytes of weights that are written.
        public let bytes: Int
        /// The bytes that there will be.
        public let totalBytes: Int
    }

    private let checkpoint: ConvertedCheckpoint
    private let weights: SafetensorsWriter

    /// Opens what is to be converted.
    ///
    /// - Parameters:
    ///   - input: A checkpoint folder, the name of a repository in the cache, or a file of the original authors.
    ///   - clip: For such a file, the CLIP that it belongs to: a folder, the name of a repository, or a state dict of
    ///     OpenAI's code.
    ///   - tokenizer: A folder with the tokenizer, if the CLIP has none.
    ///   - format: What to write matrices and kernels in; nil for the format that each has. Vectors stay in 32 bits.
    ///   - environment: Tells where the cache is.
    /// - Throws: `ConversionError`, `CheckpointError`, `ConfigurationError`, `HubError`.
    public init(
        _ input: String, clip: String?, tokenizer: String?, format: StoredFormat?, environment: [String: String]
    ) throws {
        if RegularFile.size(input) == nil {
            guard access(input, F_OK) == 0 || RepositoryID(input) != nil else {
                throw ConversionError.noSuchInput(path: input)
            }
            guard clip == nil, tokenizer == nil else { throw ConversionError.needsNoCLIP(folder: input) }
            let folder = try ModelSource(input, environment: environment).checkpointFolder()
            checkpoint = try ConvertedCheckpoint(folder, format: format)
        } else {
            let clip = try clip.map { path in
                guard RegularFile.size(path) == nil else { return try CLIPSource(file: path) }
                return try CLIPSource(ModelSource(path, environment: environment).checkpointFolder())
            }
            checkpoint = try ConvertedCheckpoint(
                decoder: input, clip: clip, tokenizer: tokenizer.map { path in try CheckpointFolder(path: path) },
                format: format)
        }
        weights = try SafetensorsWriter(checkpoint.tensors, format: format)
    }

    /// Writes the folder. It appears whole, after it has been loaded once, or not at all.
    ///
    /// - Parameters:
    ///   - output: Its path.
    ///   - replacing: Whether a checkpoint that is there is replaced.
    ///   - progress: Told how much is written, again and again.
    /// - Throws: `ConversionError`; `CheckpointError` and others if what was written makes no model.
    public func run(output: String, replacing: Bool, progress: (Progress) -> Void = { _ in }) throws {
        let draft = try DraftFolder(for: output, replacing: replacing)
        for (name, bytes) in checkpoint.files { try draft.write(name) { append in try append(bytes) } }
        try draft.write("model.safetensors") { append in
            var count = 0
            try weights.write { bytes in
                try append(bytes)
                count += bytes.count
                progress(Progress(bytes: count, totalBytes: weights.byteCount))
            }
        }
        let folder = try CheckpointFolder(path: draft.path)
        _ = try CLIPSegProcessor(folder)
        _ = try CLIPSegForImageSegmentation(folder, backend: PortableBackend(precision: .fp32, threads: 1))
        try draft.finish()
    }
}
