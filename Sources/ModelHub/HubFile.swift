/// A file of a repository, as the hub's list describes it.
struct HubFile: Sendable, Equatable {
    /// Where it is in the repository: names with slashes between, none of which leads out of a folder.
    let path: String
    /// Its length in bytes.
    let size: Int
    /// What its content must hash to. It names the file in the cache too.
    let digest: ContentDigest

    /// - Throws: `HubError.badListing` if the path would be dangerous, or the digest is none.
    init(path: String, size: Int, digest: ContentDigest) throws(HubError) {
        let components = path.split(separator: "/", omittingEmptySubsequences: false)
        guard path.utf8.count <= 1024, path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "\\") }),
            components.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 })
        else { throw .badListing(reason: "a file's name leads out of its folder or has odd characters") }
        guard size >= 0, digest.isWellFormed else {
            throw .badListing(reason: "\(path) has no length or no checksum")
        }
        self.path = path
        self.size = size
        self.digest = digest
    }
}
