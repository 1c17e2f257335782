/// The files of a repository that make a checkpoint, and none of the many others.
enum CheckpointSelection {
    private static let always: Set<String> = [
        "config.json", "preprocessor_config.json", "processor_config.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json",
    ]

    /// Small files first, so that what is missing shows before the weights are fetched.
    ///
    /// - Throws: `HubError.noCheckpoint`.
    static func files(of listing: HubListing, _ repository: RepositoryID) throws(HubError) -> [HubFile] {
        let paths = Set(listing.files.map(\.path))
        guard paths.contains("config.json") else { throw .noCheckpoint(repository: repository, missing: "config.json") }
        let isWeights = try weights(among: paths, repository)
        return listing.files.filter { always.contains($0.path) || isWeights($0.path) }.sorted { $0.size < $1.size }
    }

    /// Which files are the weights: safetensors if there are any, else what PyTorch writes.
    private static func weights(
        among paths: Set<String>, _ repository: RepositoryID
    ) throws(HubError) -> (String) -> Bool {
        for names in WeightFileNames.all {
            if paths.contains(names.single) { return { $0 == names.single } }
            if paths.contains(names.index) { return { $0 == names.index || names.isShard($0) } }
        }
        throw .noCheckpoint(repository: repository, missing: WeightFileNames.all[0].single)
    }
}
