/// Why a checkpoint could not be fetched from a hub.
public enum HubError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The endpoint is no URL, or not HTTPS.
    case badEndpoint(String)
    /// The system's TLS or transfer library could not be set up.
    case noTransfer(reason: String)
    /// The hub has no such repository or revision, or does not show it to everybody.
    case notFound(repository: RepositoryID, revision: Revision)
    /// The hub lists a file and does not have it.
    case noFile(String, repository: RepositoryID, commit: Revision)
    /// The hub wants to know who asks, or does not accept the token.
    case unauthorized(repository: RepositoryID, hasToken: Bool)
    /// The token is good, but its owner may not see this.
    case forbidden(repository: RepositoryID)
    /// The hub answered something else than it should, however often it was asked.
    case status(Int, url: String)
    /// No connection, or one that broke, however often it was tried.
    case transfer(url: String, reason: String)
    /// The server is not to be trusted, or sends us where we do not go.
    case rejected(url: String, reason: String)
    /// The hub's list of files makes no sense.
    case badListing(reason: String)
    /// The repository has no weights that can be loaded.
    case noCheckpoint(repository: RepositoryID, missing: String)
    /// The file does not have the length that the hub says.
    case wrongLength(file: String, expected: Int, found: Int)
    /// The file is not the one that the hub says.
    case wrongChecksum(file: String)
    /// The cache can't be read or written.
    case cache(path: String, reason: String)
    /// Somebody wants to use what has never been fetched.
    case notFetched(RepositoryReference)
    /// The network must not be used, and the cache does not have it.
    case offline(repository: RepositoryID, revision: Revision)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .badEndpoint(let text):
            "HF_ENDPOINT is “\(text)”: give a URL with https://, or http:// on this machine"
        case .noTransfer(let reason):
            "libcurl can't be used: \(reason)"
        case .notFound(let repository, let revision):
            "the hub has no repository \(repository) with the revision \(revision): check both names"
        case .noFile(let file, let repository, let commit):
            "the hub lists \(file) for \(repository) at \(commit), and has no such file: try again later, or another "
                + "revision"
        case .unauthorized(let repository, hasToken: false):
            "the hub does not show \(repository) to everybody, or there is none: check the name, or put a token into "
                + "HF_TOKEN"
        case .unauthorized(let repository, hasToken: true):
            "the hub does not accept the token for \(repository): check HF_TOKEN and the name"
        case .forbidden(let repository):
            "the hub does not let this token read \(repository): ask for access on its page there"
        case .status(let status, let url):
            "\(url) was answered with the status \(status): try again later"
        case .transfer(let url, let reason):
            "\(url) can't be fetched: \(reason)"
        case .rejected(let url, let reason):
            "\(url) is not fetched: \(reason)"
        case .badListing(let reason):
            "the hub's list of files can't be used: \(reason)"
        case .noCheckpoint(let repository, let missing):
            "\(repository) has no \(missing): is it a CLIPSeg checkpoint?"
        case .wrongLength(let file, let expected, let found):
            "\(file) should have \(expected) bytes, and \(found) came: try again later"
        case .wrongChecksum(let file):
            "\(file) came with other content than the hub says, twice: do not use it, and try again later"
        case .cache(let path, let reason):
            "\(path) can't be used: \(reason)"
        case .notFetched(let reference):
            "there is no folder \(reference), and the cache has no complete checkpoint of that name; to fetch it, run "
                + "`clipseg pull \(reference)`"
        case .offline(let repository, let revision):
            "HF_HUB_OFFLINE is set, and the cache has no complete \(repository) at \(revision): unset it, or copy the "
                + "cache from elsewhere"
        }
    }

    /// Whether another attempt may well go better.
    var isPassing: Bool {
        switch self {
        case .status(let status, _): status == 429 || status >= 500
        case .transfer, .wrongLength: true
        default: false
        }
    }
}
