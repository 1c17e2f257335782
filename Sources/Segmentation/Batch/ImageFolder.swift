import Glibc

/// The images in a folder and the folders in it.
enum ImageFolder {
    private static let extensions = [".png", ".jpg", ".jpeg"]

    /// Paths from `folder`, of PNG and JPEG files by their names, in the order of their bytes.
    ///
    /// What begins with a dot is skipped, and so is `excluded`: the output may lie within the input. Links to files are
    /// followed, links to folders are not, as they may lead in circles.
    static func images(in folder: String, except excluded: FileIdentity?) throws(BatchError) -> [String] {
        var found: [String] = []
        var folders = [""]
        while let prefix = folders.popLast() {
            for name in try names(in: folder + "/" + prefix) {
                let path = prefix + name
                switch kind(of: folder + "/" + path, except: excluded) {
                case .folder: folders.append(path + "/")
                case .file where isImage(name): found.append(path)
                case .file, nil: break
                }
            }
            guard found.count <= BatchPlan.maxImages else { throw .tooManyImages(limit: BatchPlan.maxImages) }
        }
        return found.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private enum Kind {
        case file, folder
    }

    private static func kind(of path: String, except excluded: FileIdentity?) -> Kind? {
        var status = stat()
        guard lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return FileIdentity(status) == excluded ? nil : .folder
        case S_IFREG: return .file
        case S_IFLNK: return FileIdentity.isRegular(path) ? .file : nil
        default: return nil
        }
    }

    private static func isImage(_ name: String) -> Bool {
        extensions.contains(where: name.lowercased().hasSuffix)
    }

    private static func names(in folder: String) throws(BatchError) -> [String] {
        guard let stream = opendir(folder) else { throw .unreadable(path: folder, reason: lastError()) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(cString: $0)
                }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names
    }
}

/// What tells whether two paths are the same file.
struct FileIdentity: Equatable {
    private let device: dev_t
    private let number: ino_t

    init(_ status: stat) {
        device = status.st_dev
        number = status.st_ino
    }

    /// nil if there is nothing at `path`.
    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    static func isRegular(_ path: String) -> Bool { mode(path) == S_IFREG }
    static func isFolder(_ path: String) -> Bool { mode(path) == S_IFDIR }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & S_IFMT : nil
    }
}

/// What the last system call failed with, in words.
func lastError() -> String { String(cString: strerror(errno)) }
