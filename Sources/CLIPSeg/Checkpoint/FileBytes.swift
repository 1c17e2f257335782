import Glibc

/// The bytes of a file, read only: mapped into memory, or embedded in the program.
///
/// Sendable because nobody writes to the memory, and it stays where it is until the last reference is gone.
public final class FileBytes: @unchecked Sendable {
    /// What errors call the file.
    public let name: String
    private let bytes: UnsafeRawBufferPointer
    private let isMapped: Bool

    /// Refers to bytes that live as long as the process.
    public init(name: String, embedded bytes: UnsafeRawBufferPointer) {
        self.name = name
        self.bytes = bytes
        isMapped = false
    }

    /// Maps the file at `path` with `mmap`.
    ///
    /// The file must not be shortened while it is mapped.
    public init(path: String) throws(CheckpointError) {
        name = path
        isMapped = true
        // Without O_NONBLOCK, opening a FIFO would wait for somebody to write to it.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Self.unreadable(path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.unreadable(path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .unreadable(path: path, reason: "it is not a regular file")
        }
        guard status.st_size > 0 else { throw .malformed(file: path, reason: "it is empty") }
        let address = mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let address, address != MAP_FAILED else { throw Self.unreadable(path) }
        bytes = UnsafeRawBufferPointer(start: address, count: Int(status.st_size))
    }

    deinit {
        if isMapped, let base = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: base), bytes.count) }
    }

    /// Calls `body` with the bytes, which must not be used after it returns.
    func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(bytes)
    }

    /// A copy of the whole file, which should be a small one.
    ///
    /// - Throws: `CheckpointError` if the file has more than `limit` bytes.
    public func contents(limit: Int = 64 << 20) throws(CheckpointError) -> [UInt8] {
        guard bytes.count <= limit else {
            throw .malformed(file: name, reason: "it has \(bytes.count) bytes; at most \(limit) are sensible")
        }
        return withUnsafeBytes { Array($0) }
    }

    private static func unreadable(_ path: String) -> CheckpointError {
        .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
}
