/// Why a batch can't run, or can't go on. One bad image is no such reason: it goes into the manifest.
public enum BatchError: Error, Equatable, CustomStringConvertible {
    case noSuchInput(path: String)
    case unreadable(path: String, reason: String)
    case unwritable(path: String, reason: String)
    /// - Parameter line: counted from 1.
    case line(list: String, line: Int, problem: String)
    case list(path: String, problem: String)
    case options(problem: String)
    case output(image: String, problem: String)
    case sameOutput(output: String, first: String, second: String)
    case noPrompts(image: String)
    case nothingToDo
    case tooManyImages(limit: Int)
    case busy(manifest: String)
    case outside(output: String, folder: String)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .noSuchInput(let path): "there is no file or folder \(path): check the path"
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
        case .line(let list, let line, let problem): "\(list), line \(line): \(problem)"
        case .list(let path, let problem): "\(path): \(problem)"
        case .options(let problem): problem
        case .output(let image, let problem):
            "the output for \(image) \(problem): name another in a list, with the key output"
        case .sameOutput(let output, let first, let second):
            "\(first) and \(second) would both be written to \(output): name an output for each in a list"
        case .noPrompts(let image): "nothing says what to look for in \(image): give --prompts, or prompts in the list"
        case .nothingToDo: "there are no PNG or JPEG files in the input: name folders, images or lists that hold some"
        case .tooManyImages(let limit): "there are more than \(limit) images: split the input"
        case .busy(let manifest):
            "another clipseg batch is at work on \(manifest): wait for its end, or share the work with --shard"
        case .outside(let output, let folder):
            "\(output) would be outside \(folder), where a link leads: name a folder without such links"
        }
    }
}
