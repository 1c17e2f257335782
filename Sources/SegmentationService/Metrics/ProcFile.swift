internal import Glibc

/// Reads the kernel's files, whose size is not known before they are read.
enum ProcFile {
    /// - Returns: nil if the file can't be read.
    static func read(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var content: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count > 0 {
                content += chunk[..<count]
            } else if count == 0 {
                return String(decoding: content, as: UTF8.self)
            } else if errno != EINTR {
                return nil
            }
        }
    }
}
