import Glibc

/// Asks a hub for lists and files, as often as makes sense.
struct HubClient: Sendable {
    let configuration: HubConfiguration

    /// What a repository holds at a revision.
    func listing(_ repository: RepositoryID, _ revision: Revision) throws(HubError) -> HubListing {
        let url =
            "\(configuration.endpoint)/api/models/\(repository)/revision/\(escaped(revision.description))?blobs=true"
        let missing = HubError.notFound(repository: repository, revision: revision)
        return try retrying { () throws(HubError) -> Attempt<HubListing> in
            var body: [UInt8] = []
            let head = try transfer(url).run { (_, bytes) throws(HubError) in
                guard bytes.count <= HubListing.maxBytes - body.count else {
                    throw .badListing(reason: "it has more than \(HubListing.maxBytes) bytes")
                }
                body.append(contentsOf: bytes)
            }
            if let failure = failure(head, url, repository, missing) { return .failed(failure, head.retryAfter) }
            return .done(try HubListing(json: body))
        }
    }

    /// Fetches a file of a commit into `partial`, going on where an earlier attempt ended.
    ///
    /// - Parameter progress: Told the number of bytes that are there.
    func download(
        _ file: HubFile, of repository: RepositoryID, commit: Revision, into partial: PartialFile,
        progress: (Int) -> Void
    ) throws(HubError) {
        let path = file.path.split(separator: "/").map { escaped(String($0)) }.joined(separator: "/")
        let url = "\(configuration.endpoint)/\(repository)/resolve/\(commit)/\(path)"
        let missing = HubError.noFile(file.path, repository: repository, commit: commit)
        try retrying { () throws(HubError) -> Attempt<Void> in
            progress(partial.size)
            guard !partial.isComplete else { return .done(()) }
            var transfer = transfer(url)
            transfer.offset = partial.size
            var hasBegun = false
            let head = try transfer.run { (head, bytes) throws(HubError) in
                if !hasBegun {
                    hasBegun = true
                    try begin(partial, with: head, url)
                }
                try partial.append(bytes)
                progress(partial.size)
            }
            // Nothing is left after what is there: that can't be the beginning of this file.
            if head.status == 416 { try partial.restart() }
            if let failure = failure(head, url, repository, missing) { return .failed(failure, head.retryAfter) }
            guard partial.isComplete else {
                throw .wrongLength(file: file.path, expected: file.size, found: partial.size)
            }
            return .done(())
        }
    }

    /// Makes sure that a body continues what is there. A server that does not know Range sends all of the file.
    private func begin(_ partial: PartialFile, with head: Transfer.Head, _ url: String) throws(HubError) {
        guard head.bodyOffset != partial.size else { return }
        guard head.bodyOffset == 0 else {
            throw .transfer(url: url, reason: "the hub sent another part of it than was asked for")
        }
        try partial.restart()
    }

    private enum Attempt<Result> {
        case done(Result)
        /// Why not, and the seconds that the hub asks to wait.
        case failed(HubError, Double?)
    }

    /// The longest that the hub can make us wait.
    private static let longestDelay = 60.0

    private func retrying<Result>(_ attempt: () throws(HubError) -> Attempt<Result>) throws(HubError) -> Result {
        var delays = configuration.retryDelays[...]
        while true {
            let failure: (error: HubError, retryAfter: Double?)
            do throws(HubError) {
                switch try attempt() {
                case .done(let result): return result
                case .failed(let error, let retryAfter): failure = (error, retryAfter)
                }
            } catch {
                failure = (error, nil)
            }
            guard failure.error.isPassing, let delay = delays.popFirst() else { throw failure.error }
            let seconds = min(max(delay, failure.retryAfter ?? 0), Self.longestDelay)
            usleep(UInt32(seconds * 1_000_000))
        }
    }

    private func transfer(_ url: String) -> Transfer {
        Transfer(url: url, token: configuration.token, authorityFile: configuration.authorityFile)
    }

    /// - Parameter missing: The error if there is nothing at `url`.
    private func failure(
        _ head: Transfer.Head, _ url: String, _ repository: RepositoryID, _ missing: HubError
    ) -> HubError? {
        switch head.status {
        case 200, 206: nil
        case 401: .unauthorized(repository: repository, hasToken: configuration.token != nil)
        case 403: .forbidden(repository: repository)
        case 404: missing
        // The next attempt begins anew.
        case 416: .transfer(url: url, reason: "the hub has less of it than has come before")
        default: .status(head.status, url: url)
        }
    }

    /// Percent-encoded as one component of a path (RFC 3986 §3.3).
    private func escaped(_ component: String) -> String {
        component.utf8.reduce(into: "") { text, byte in
            if byte.isWordByte || byte.isDashOrDot || byte == UInt8(ascii: "~") {
                text.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }
}
