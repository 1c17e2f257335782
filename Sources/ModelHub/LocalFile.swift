import Glibc

/// The few calls to the file system that a cache needs, with errors that name the path.
enum LocalFile {
    /// The content of a small file, or nil if there is none.
    static func read(_ path: String, atMost limit: Int) throws(HubError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw error(path)
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: limit)
        let count = Glibc.read(descriptor, &bytes, limit)
        guard count >= 0 else { throw error(path) }
        return Array(bytes.prefix(count))
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// The length of a regular file, links followed; nil if there is none.
    static func size(_ path: String) -> Int? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return status.st_size
    }

    /// Makes a folder and those above it, as far as they are missing.
    static func makeFolder(_ path: String) throws(HubError) {
        guard !exists(path) else { return }
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeFolder(String(path[..<slash])) }
        guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw error(path) }
    }

    /// Puts a small file in place, whole or not at all.
    static func write(_ text: String, to path: String) throws(HubError) {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw error(temporary) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count
        close(descriptor)
        guard isWritten else { throw error(temporary) }
        try move(temporary, to: path)
    }

    /// Renames; what was at the new name is replaced.
    static func move(_ path: String, to target: String) throws(HubError) {
        guard rename(path, target) == 0 else { throw error(target) }
    }

    /// Makes a link; one that is there is replaced.
    static func link(_ path: String, to target: String) throws(HubError) {
        let temporary = "\(path).\(getpid()).link"
        unlink(temporary)
        guard symlink(target, temporary) == 0 else { throw error(temporary) }
        try move(temporary, to: path)
    }

    /// Runs `work` while no other process holds the lock at `path`: an advisory `flock(2)`, as Python's filelock takes it.
    static func locked<Result>(_ path: String, _ work: () throws(HubError) -> Result) throws(HubError) -> Result {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw error(path) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw error(path) }
        }
        return try work()
    }

    static func error(_ path: String) -> HubError { .cache(path: path, reason: String(cString: strerror(errno))) }
}
