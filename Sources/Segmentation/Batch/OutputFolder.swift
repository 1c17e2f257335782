import Glibc

/// Where a batch writes. Files appear whole or not at all, whenever the process or the machine stops.
///
/// They are written in a hidden folder within, on the disk for certain, and then renamed.
struct OutputFolder: Sendable {
    /// Without links.
    let path: String
    private let partial: String

    /// Makes the folder if need be. What an earlier run of the same part left half written is removed once the manifest's
    /// lock is held: see `removePartialFiles`.
    init(creating path: String, for shard: BatchShard) throws(BatchError) {
        self.path = try Self.create(path)
        partial = self.path + "/" + shard.partialName
    }

    /// Empties the folder for what is being written, and makes it if need be.
    func makeRoom() throws(BatchError) {
        removePartialFiles()
        guard mkdir(partial, 0o777) == 0 || errno == EEXIST else {
            throw .unwritable(path: partial, reason: lastError())
        }
    }

    /// Removes what is half written, and the folder for it.
    func removePartialFiles() {
        if let stream = opendir(partial) {
            while let entry = readdir(stream) {
                withUnsafePointer(to: &entry.pointee.d_name) { name in
                    name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) { name in
                        _ = unlinkat(dirfd(stream), name, 0)
                    }
                }
            }
            closedir(stream)
        }
        rmdir(partial)
    }

    /// The path of an output.
    func location(of output: OutputPath) -> String { path + "/" + output.text }

    /// Writes a file, in place of one that is there.
    ///
    /// - Parameter number: One that no other call has at the same time.
    func write(_ bytes: [UInt8], to output: OutputPath, number: Int) throws(BatchError) {
        try createFolders(of: output)
        let target = location(of: output)
        let draft = "\(partial)/\(number)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw .unwritable(path: draft, reason: lastError()) }
        do throws(RegularFile.Problem) {
            defer { close(descriptor) }
            try RegularFile.write(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw RegularFile.Problem(text: lastError()) }
        } catch {
            unlink(draft)
            throw .unwritable(path: target, reason: error.text)
        }
        guard rename(draft, target) == 0 else {
            let reason = lastError()
            unlink(draft)
            throw .unwritable(path: target, reason: reason)
        }
    }

    /// Makes the folders that an output is in, and sees to it that no link among them leads out.
    private func createFolders(of output: OutputPath) throws(BatchError) {
        var parent = path
        for folder in output.folders {
            parent += "/" + folder
            guard mkdir(parent, 0o777) == 0 || errno == EEXIST else {
                throw .unwritable(path: parent, reason: lastError())
            }
            guard let real = Self.withoutLinks(parent) else { throw .unwritable(path: parent, reason: lastError()) }
            guard real.hasPrefix(path + "/") else { throw .outside(output: output.text, folder: path) }
        }
    }

    private static func create(_ path: String) throws(BatchError) -> String {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for component in path.split(separator: "/") {
            prefix += component + "/"
            guard mkdir(prefix, 0o777) == 0 || errno == EEXIST || FileIdentity.isFolder(prefix) else {
                throw .unwritable(path: path, reason: lastError())
            }
        }
        guard let real = withoutLinks(path) else { throw .unwritable(path: path, reason: lastError()) }
        guard FileIdentity.isFolder(real) else { throw .unwritable(path: path, reason: "it is not a folder") }
        return real
    }

    private static func withoutLinks(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }
}
