/// A repository at a revision, as people write it: `owner/name`, or `owner/name@revision`.
public struct RepositoryReference: Sendable, Hashable, CustomStringConvertible {
    /// Whose checkpoint.
    public let repository: RepositoryID
    /// In which state; nil if that was not written, which means `Revision.main`.
    public let revision: Revision?

    /// As written.
    public var description: String { revision.map { "\(repository)@\($0)" } ?? repository.description }

    /// - Returns: nil if either part can't be what it should.
    public init?(_ text: String) {
        let parts = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let repository = RepositoryID(parts[0]) else { return nil }
        self.repository = repository
        guard parts.count == 2 else {
            revision = nil
            return
        }
        guard let named = Revision(parts[1]) else { return nil }
        revision = named
    }
}
