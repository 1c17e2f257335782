/// A file that can't be read or written.
enum FileError: Error, CustomStringConvertible {
    case noSuchFile(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case tooLarge(path: String, limit: Int)
    case terminal
    case standardInputTwice

    var description: String {
        switch self {
        case .noSuchFile(let path): "there is no file \(path): check the path, or give - to read standard input"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        case .tooLarge(let path, let limit):
            "\(path) has more than \(limit) bytes: nothing that clipseg reads is as large"
        case .standardInputTwice: "standard input can be read only once: give - for one file, and paths for the others"
        case .terminal: "the result is not text: name a file with --output, or redirect standard output"
        }
    }
}
