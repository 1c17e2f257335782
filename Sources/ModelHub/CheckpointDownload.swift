/// Fetches the checkpoint of a repository into the cache.
public struct CheckpointDownload: Sendable {
    /// How far the download has come.
    public struct Progress: Sendable, Equatable {
        /// The file that is being fetched.
        public let file: String
        /// The bytes of all files that are there.
        public let bytes: Int
        /// The bytes that there will be.
        public let totalBytes: Int
    }

    private let configuration: HubConfiguration
    private let repository: RepositoryID
    private let revision: Revision

    /// A download of what `revision` stands for at the moment.
    public init(_ repository: RepositoryID, _ revision: Revision = .main, _ configuration: HubConfiguration) {
        self.configuration = configuration
        self.repository = repository
        self.revision = revision
    }

    /// Fetches what is missing. Every file is compared with the hub's checksum before it gets its name.
    ///
    /// - Returns: the folder of the checkpoint.
    /// - Throws: `HubError`.
    public func run(progress: (Progress) -> Void = { _ in }) throws(HubError) -> String {
        let cache = HubCache(configuration)
        guard !configuration.isOffline else {
            guard let folder = cache.snapshot(of: repository, revision) else {
                throw .offline(repository: repository, revision: revision)
            }
            return folder
        }
        let client = HubClient(configuration: configuration)
        let listing = try client.listing(repository, revision)
        guard let commit = Revision(listing.commit) else { throw .badListing(reason: "it names no commit") }
        let files = try CheckpointSelection.files(of: listing, repository)
        let total = files.reduce(0) { $0 + $1.size }
        var before = 0
        for file in files {
            try cache.add(file, of: repository, commit: commit) { (partial, target) throws(HubError) in
                try Self.fetch(file, of: repository, commit, client, into: partial, target) { count in
                    progress(Progress(file: file.path, bytes: before + count, totalBytes: total))
                }
            }
            before += file.size
        }
        // Last, so that a revision never leads to a snapshot that is not whole.
        try cache.remember(commit, as: revision, of: repository)
        return cache.snapshotFolder(repository, commit)
    }

    /// A wrong checksum may come from an earlier attempt at another content: once more, from the beginning.
    private static func fetch(
        _ file: HubFile, of repository: RepositoryID, _ commit: Revision, _ client: HubClient,
        into partial: PartialFile, _ target: String, progress: (Int) -> Void
    ) throws(HubError) {
        try client.download(file, of: repository, commit: commit, into: partial, progress: progress)
        do throws(HubError) {
            try partial.finish(movingTo: target)
        } catch .wrongChecksum {
            try client.download(file, of: repository, commit: commit, into: partial, progress: progress)
            try partial.finish(movingTo: target)
        }
    }
}
