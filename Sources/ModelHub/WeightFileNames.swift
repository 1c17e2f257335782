/// What the files of a checkpoint's weights are called.
struct WeightFileNames {
    private let stem: String
    private let ending: String

    /// In the order of preference.
    static let all = [
        WeightFileNames(stem: "model", ending: ".safetensors"), WeightFileNames(stem: "pytorch_model", ending: ".bin"),
    ]

    /// All weights in one file.
    var single: String { stem + ending }

    /// What tells which tensor is in which of several files.
    var index: String { single + ".index.json" }

    /// Whether a file is named like `model-00001-of-00002.safetensors`.
    func isShard(_ path: String) -> Bool {
        guard path.hasPrefix(stem + "-"), path.hasSuffix(ending), path.utf8.count > stem.utf8.count + ending.utf8.count
        else { return false }
        return path.dropFirst(stem.count + 1).dropLast(ending.count)
            .allSatisfy { $0.isASCII && ($0.isNumber || $0 == "-" || $0 == "o" || $0 == "f") }
    }
}
