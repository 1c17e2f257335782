/// The folder of downloaded files that programs share, in the layout of huggingface_hub:
///
///     models--owner--name/refs/main            the commit that a revision stood for when it was last asked about
///     models--owner--name/blobs/<digest>       the content of a file
///     models--owner--name/snapshots/<commit>/… links from the names of a commit's files to their content
///     .locks/models--owner--name/<digest>.lock held while a blob is being fetched
public struct HubCache: Sendable {
    let folder: String

    /// The cache that the configuration names; it need not be there yet.
    public init(_ configuration: HubConfiguration) {
        folder = configuration.cacheFolder
    }

    /// The folder of a checkpoint that is there to be loaded: its configuration and its weights.
    ///
    /// - Returns: nil if it was never fetched, or not to the end.
    public func snapshot(of repository: RepositoryID, _ revision: Revision = .main) -> String? {
        guard let commit = try? commit(of: repository, revision) else { return nil }
        let folder = snapshotFolder(repository, commit)
        guard LocalFile.exists(folder + "/config.json"), hasWeights(folder) else { return nil }
        return folder
    }

    /// Whether the weights that a checkpoint's reader would take are there, all files of them.
    private func hasWeights(_ folder: String) -> Bool {
        for names in WeightFileNames.all {
            if LocalFile.exists(folder + "/" + names.single) { return true }
            guard LocalFile.exists(folder + "/" + names.index) else { continue }
            let shards = ShardIndex.files(in: folder + "/" + names.index)
            return shards?.allSatisfy { names.isShard($0) && LocalFile.exists(folder + "/" + $0) } ?? false
        }
        return false
    }

    private func commit(of repository: RepositoryID, _ revision: Revision) throws(HubError) -> Revision? {
        guard !revision.isCommit else { return revision }
        guard let bytes = try LocalFile.read(reference(repository, revision), atMost: 64) else { return nil }
        let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isWhitespace }
        return Revision.isCommit(text) ? Revision(text) : nil
    }

    func snapshotFolder(_ repository: RepositoryID, _ commit: Revision) -> String {
        repositoryFolder(repository) + "/snapshots/\(commit)"
    }

    private func reference(_ repository: RepositoryID, _ revision: Revision) -> String {
        repositoryFolder(repository) + "/refs/\(revision)"
    }

    private func repositoryFolder(_ repository: RepositoryID) -> String { "\(folder)/\(folderName(repository))" }

    private func folderName(_ repository: RepositoryID) -> String { "models--\(repository.owner)--\(repository.name)" }

    // MARK: - Writing

    /// Remembers which commit a revision stands for.
    func remember(_ commit: Revision, as revision: Revision, of repository: RepositoryID) throws(HubError) {
        guard !revision.isCommit else { return }
        let path = reference(repository, revision)
        try LocalFile.makeFolder(Self.parent(of: path))
        try LocalFile.write(commit.description, to: path)
    }

    /// Has the content of a file fetched unless it is there, by one process at a time, and gives it its name in a snapshot.
    ///
    /// - Parameter fetch: Fills a partial file and moves it to where it is told.
    func add(
        _ file: HubFile, of repository: RepositoryID, commit: Revision,
        _ fetch: (_ partial: PartialFile, _ target: String) throws(HubError) -> Void
    ) throws(HubError) {
        let digest = file.digest.hexadecimal
        let blob = repositoryFolder(repository) + "/blobs/" + digest
        let lock = "\(folder)/.locks/\(folderName(repository))/\(digest).lock"
        for path in [blob, lock] { try LocalFile.makeFolder(Self.parent(of: path)) }
        try LocalFile.locked(lock) { () throws(HubError) in
            if LocalFile.size(blob) != file.size {
                try fetch(try PartialFile(path: blob + ".incomplete", for: file), blob)
            }
        }
        let name = snapshotFolder(repository, commit) + "/" + file.path
        try LocalFile.makeFolder(Self.parent(of: name))
        let depth = file.path.split(separator: "/").count + 1
        try LocalFile.link(name, to: String(repeating: "../", count: depth) + "blobs/" + digest)
    }

    private static func parent(of path: String) -> String {
        String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }
}
