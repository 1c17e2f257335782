import Glibc

// The C functions, under names that the methods below do not hide.
private let systemRead = read
private let systemWrite = write

/// Reading and writing files whole.
enum RegularFile {
    /// Why a file can't be read, to be read after its name.
    struct Problem: Error, Equatable {
        let text: String
    }

    private static let chunkByteCount = 1 << 18

    /// The size of a file in bytes; nil if there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    /// The bytes of a file. A pipe or device is refused: it might never end.
    static func read(_ path: String, limit: Int) throws(Problem) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Problem(text: "can't be opened: \(lastError())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Problem(text: "is not a regular file")
        }
        return try read(descriptor, expecting: Int(status.st_size), limit: limit)
    }

    /// What is left to read, of which `expecting` bytes are known to be there.
    static func read(_ descriptor: Int32, expecting: Int = 0, limit: Int) throws(Problem) -> [UInt8] {
        let tooLarge = Problem(text: "has more than \(limit) bytes")
        guard expecting <= limit else { throw tooLarge }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(expecting)
        var chunk = [UInt8](repeating: 0, count: chunkByteCount)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem(text: "can't be read: \(lastError())")
            }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw tooLarge }
        }
    }

    /// Writes all of `bytes`.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(Problem) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw Problem(text: lastError())
            }
            rest = rest.dropFirst(count)
        }
    }
}
