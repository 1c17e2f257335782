import Glibc

// The C functions, under names that the methods below do not hide.
private let systemRead = read
private let systemWrite = write

/// Reading arguments and writing results.
enum Files {
    private static let maxByteCount = 512 << 20
    private static let chunkByteCount = 1 << 16

    /// The bytes of the file at `path`, or of standard input for `-`.
    static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT || errno == ENOTDIR
                ? .noSuchFile(path: path) : .unreadable(path: path, reason: lastError)
        }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkByteCount)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unreadable(path: path, reason: lastError)
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= maxByteCount else { throw .tooLarge(path: path, limit: maxByteCount) }
        }
    }

    /// Refuses a folder that is not there, and a terminal unless the result is text. Call it before computing the result.
    static func requirePlace(for path: String?, isText: Bool = false) throws(FileError) {
        if let path, !isStandardOutput(path) {
            let folder = path.lastIndex(of: "/").map { path[..<$0] + "/" } ?? "."
            guard access(String(folder), F_OK) == 0 else { throw .unwritable(path: path, reason: lastError) }
        } else if !isText, isatty(STDOUT_FILENO) != 0 {
            throw .terminal
        }
    }

    /// Writes a result to `path`, or to standard output if there is none or it is `-`.
    ///
    /// A file appears whole or not at all. What is no regular file, a device or a link for instance, is written to as it
    /// is.
    static func write(_ bytes: [UInt8], to path: String?) throws(FileError) {
        guard let path, !isStandardOutput(path) else {
            return try write(bytes, to: STDOUT_FILENO, path: "standard output")
        }
        var status = stat()
        let exists = lstat(path, &status) == 0
        guard !exists || status.st_mode & S_IFMT == S_IFREG else { return try overwrite(path, with: bytes) }
        try replace(path, with: bytes, mode: exists ? status.st_mode & 0o7777 : defaultMode)
    }

    private static func isStandardOutput(_ path: String?) -> Bool { path == nil || path == "-" }

    private static func overwrite(_ path: String, with bytes: [UInt8]) throws(FileError) {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastError) }
        defer { close(descriptor) }
        try write(bytes, to: descriptor, path: path)
    }

    private static func replace(_ path: String, with bytes: [UInt8], mode: mode_t) throws(FileError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastError) }
        do throws(FileError) {
            defer { close(descriptor) }
            guard fchmod(descriptor, mode) == 0 else { throw .unwritable(path: path, reason: lastError) }
            try write(bytes, to: descriptor, path: path)
            guard rename(template, path) == 0 else { throw .unwritable(path: path, reason: lastError) }
        } catch {
            unlink(template)
            throw error
        }
    }

    /// What the process's umask leaves of a new file's permissions.
    private static var defaultMode: mode_t {
        let mask = umask(0)
        umask(mask)
        return 0o666 & ~mask
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, path: String) throws(FileError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .unwritable(path: path, reason: lastError)
            }
            rest = rest.dropFirst(count)
        }
    }

    private static var lastError: String { String(cString: strerror(errno)) }
}
