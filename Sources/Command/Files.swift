import Glibc

// The C functions, under names that the methods below do not hide.
private let systemRead = read
private let systemWrite = write

/// A file that can't be read or written.
enum FileError: Error, CustomStringConvertible {
    case noSuchFile(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case tooLarge(path: String, limit: Int)
    case terminal

    var description: String {
        switch self {
        case .noSuchFile(let path): "there is no file \(path): check the path, or give - to read standard input"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        case .tooLarge(let path, let limit): "\(path) has more than \(limit) bytes: too large for an image"
        case .terminal: "the result is not text: name a file with --output, or redirect standard output"
        }
    }
}

/// Reading arguments and writing results.
enum Files {
    private static let maxByteCount = 512 << 20
    private static let chunkByteCount = 1 << 16

    /// The bytes of the file at `path`, or of standard input for `-`.
    static func read(_ path: String) throws(FileError) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw errno == ENOENT ? .noSuchFile(path: path) : .unreadable(path: path, reason: lastError)
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

    /// Writes a result to `path`, or to standard output if there is none or it is `-`. Nothing is left of a file half written.
    ///
    /// - Parameter isText: Whether a terminal can show it.
    static func write(_ bytes: [UInt8], to path: String?, isText: Bool) throws(FileError) {
        guard let path, path != "-" else {
            guard isText || isatty(STDOUT_FILENO) == 0 else { throw .terminal }
            return try write(bytes, to: STDOUT_FILENO, path: "standard output")
        }
        let temporary = path + ".part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastError) }
        do throws(FileError) {
            defer { close(descriptor) }
            try write(bytes, to: descriptor, path: path)
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let reason = lastError
            unlink(temporary)
            throw .unwritable(path: path, reason: reason)
        }
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

/// The stream for everything that is not a result.
enum StandardError {
    static func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(STDERR_FILENO, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}
