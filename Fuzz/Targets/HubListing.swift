@testable import ModelHub

extension FuzzTarget {
    /// A hub's list of files. What is accepted names files inside a folder, each with a length and a checksum that is safe
    /// as a file's name.
    static let hubListing = FuzzTarget(maxLength: 2048) { bytes in
        guard let listing = try? HubListing(json: bytes) else { return }
        require(Revision(listing.commit)?.isCommit == true, "a commit")
        for file in listing.files {
            let components = file.path.split(separator: "/", omittingEmptySubsequences: false)
            require(!components.contains { $0.isEmpty || $0 == "." || $0 == ".." }, "a path inside the folder")
            require(file.size >= 0, "a length")
            require(file.digest.hexadecimal.utf8.allSatisfy(\.isHexDigit), "a checksum")
        }
    }
}
