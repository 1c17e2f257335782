import Glibc

/// A folder that is filled beside its place and gets its name when it is whole.
final class DraftFolder {
    /// Where the files are written.
    let path: String
    private let target: String

    /// - Parameters:
    ///   - target: The path that the folder will have.
    ///   - replacing: Whether a checkpoint may be there already.
    init(for target: String, replacing: Bool) throws(ConversionError) {
        var target = target
        while target.count > 1, target.hasSuffix("/") { target.removeLast() }
        try Self.check(target, replacing: replacing)
        var template = Array("\(target).XXXXXX".utf8CString)
        let isMade = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        guard isMade else { throw .unwritable(path: target, reason: lastError()) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        self.target = target
    }

    /// Removes what did not get its name.
    deinit { Self.remove(path) }

    private static func check(_ target: String, replacing: Bool) throws(ConversionError) {
        var status = stat()
        guard lstat(target, &status) == 0 else { return }
        // What is behind a link is not ours to remove.
        guard status.st_mode & S_IFMT == S_IFDIR, let names = names(in: target) else {
            throw .outputExists(path: target)
        }
        guard !names.isEmpty else { return }
        guard replacing else { throw .outputExists(path: target) }
        if let other = names.sorted().first(where: { !isCheckpointFile($0, in: target) }) {
            throw .outputIsMore(path: target, file: other)
        }
    }

    private static func isCheckpointFile(_ name: String, in folder: String) -> Bool {
        var status = stat()
        guard lstat(folder + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
        return [".json", ".safetensors", ".bin", "merges.txt"].contains { name.hasSuffix($0) }
    }

    /// Writes a file in one piece or several; it is on the disk when this returns.
    func write(_ name: String, _ fill: (_ append: ([UInt8]) throws -> Void) throws -> Void) throws {
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw ConversionError.unwritable(path: file, reason: lastError()) }
        defer { close(descriptor) }
        try fill { bytes in
            do throws(RegularFile.Problem) {
                try RegularFile.write(bytes, to: descriptor)
            } catch {
                throw ConversionError.unwritable(path: file, reason: error.text)
            }
        }
        guard fsync(descriptor) == 0 else { throw ConversionError.unwritable(path: file, reason: lastError()) }
    }

    /// Gives the folder its name. What was there before is removed once the new one is in its place.
    func finish() throws(ConversionError) {
        let mask = umask(0)
        umask(mask)
        chmod(path, 0o777 & ~mask)
        let old = path + ".old"
        // An empty folder is replaced by the second rename itself.
        let isReplaced = !(Self.names(in: target) ?? []).isEmpty && rename(target, old) == 0
        guard rename(path, target) == 0 else {
            let reason = lastError()
            if isReplaced { rename(old, target) }
            throw .unwritable(path: target, reason: reason)
        }
        if isReplaced { Self.remove(old) }
    }

    /// The names in a folder; nil if there is none.
    private static func names(in folder: String) -> [String]? {
        guard let stream = opendir(folder) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ folder: String) {
        for name in names(in: folder) ?? [] { unlink(folder + "/" + name) }
        rmdir(folder)
    }
}
