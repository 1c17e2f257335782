/// The files of a repository that make a checkpoint, and none of the many others.
enum CheckpointSelection {
    private static let always: Set<String> = [
        "config.json", "preprocessor_config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json",
    ]
    private static let weights = "model.safetensors"
    private static let index = "model.safetensors.index.json"

    /// Small files first, so that what is missing shows before the weights are fetched.
    ///
    /// - Throws: `HubError.noCheckpoint`.
    static func files(of listing: HubListing, _ repository: RepositoryID) throws(HubError) -> [HubFile] {
        let paths = Set(listing.files.map(\.path))
        guard paths.contains("config.json") else { throw .noCheckpoint(repository: repository, missing: "config.json") }
        let isWanted: (String) -> Bool
        if paths.contains(weights) {
            isWanted = { $0 == weights }
        } else if paths.contains(index) {
            isWanted = { $0 == index || isShard($0) }
        } else {
            throw .noCheckpoint(repository: repository, missing: weights)
        }
        return listing.files.filter { always.contains($0.path) || isWanted($0.path) }.sorted { $0.size < $1.size }
    }

    /// Whether a file is named like `model-00001-of-00002.safetensors`.
    private static func isShard(_ path: String) -> Bool {
        guard path.hasPrefix("model-"), path.hasSuffix(".safetensors"), !path.utf8.contains(UInt8(ascii: "/")) else {
            return false
        }
        return path.dropFirst("model-".count).dropLast(".safetensors".count)
            .allSatisfy { $0.isASCII && ($0.isNumber || $0 == "-" || $0 == "o" || $0 == "f") }
    }
}
