import Glibc

/// A file on its way: what has come so far stays on disk, and its checksum is computed as it comes.
///
/// What an earlier attempt left behind is hashed and kept.
final class PartialFile {
    let path: String
    private(set) var size = 0
    private let file: HubFile
    private let descriptor: Int32
    private var hasher: ContentDigest.Hasher

    /// - Throws: `HubError.cache`.
    init(path: String, for file: HubFile) throws(HubError) {
        self.path = path
        self.file = file
        hasher = try file.digest.hasher(size: file.size)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw LocalFile.error(path) }
        try hashWhatIsThere()
    }

    deinit { close(descriptor) }

    private func hashWhatIsThere() throws(HubError) {
        guard let existing = LocalFile.size(path), existing <= file.size else { return try restart() }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count >= 0 else { throw LocalFile.error(path) }
            if count == 0 { return }
            chunk.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            size += count
        }
    }

    /// Forgets all that came.
    func restart() throws(HubError) {
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else { throw LocalFile.error(path) }
        hasher = try file.digest.hasher(size: file.size)
        size = 0
    }

    /// - Throws: `HubError.wrongLength` if more comes than the file has.
    func append(_ bytes: UnsafeRawBufferPointer) throws(HubError) {
        guard bytes.count <= file.size - size else {
            throw .wrongLength(file: file.path, expected: file.size, found: size + bytes.count)
        }
        var rest = bytes
        while let start = rest.baseAddress, !rest.isEmpty {
            let count = write(descriptor, start, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw LocalFile.error(path)
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        hasher.update(bytes)
        size += bytes.count
    }

    /// Moves the file to `target` if it is whole and what it should be. Otherwise nothing of it is kept.
    ///
    /// - Throws: `HubError.wrongChecksum`.
    func finish(movingTo target: String) throws(HubError) {
        guard hasher.hexadecimal() == file.digest.hexadecimal else {
            try restart()
            throw .wrongChecksum(file: file.path)
        }
        guard fsync(descriptor) == 0 else { throw LocalFile.error(path) }
        try LocalFile.move(path, to: target)
    }

    /// Whether all bytes are there, right or wrong.
    var isComplete: Bool { size == file.size }
}
