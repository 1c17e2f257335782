import Glibc

/// Where the files of a checkpoint come from: a folder on disk, or the program itself.
public struct CheckpointFolder: Sendable {
    private enum Source: Sendable {
        case disk(path: String)
        case embedded([String: FileBytes])
    }

    private let source: Source
    /// What errors call the folder.
    public let name: String

    /// A folder as `save_pretrained` writes it.
    ///
    /// - Throws: `CheckpointError` if there is no folder at `path`.
    public init(path: String) throws(CheckpointError) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw .noSuchFolder(path: path) }
        guard status.st_mode & S_IFMT == S_IFDIR else { throw .notAFolder(path: path) }
        source = .disk(path: path)
        name = path
    }

    /// Files that the program brings along, by name.
    public init(name: String, embedded files: [String: FileBytes]) {
        source = .embedded(files)
        self.name = name
    }

    /// The file called `file`, or nil if the folder has none.
    public func open(_ file: String) throws(CheckpointError) -> FileBytes? {
        switch source {
        case .embedded(let files): return files[file]
        case .disk(let path):
            let full = path + "/" + file
            guard access(full, F_OK) == 0 else { return nil }
            return try FileBytes(path: full)
        }
    }

    /// The file called `file`, without which there is no checkpoint.
    public func require(_ file: String) throws(CheckpointError) -> FileBytes {
        guard let bytes = try open(file) else { throw .missingFile(name: file, folder: name) }
        return bytes
    }
}
