import Testing

@testable import ModelHub

@Suite struct HubNamesTests {
    @Test("Names of repositories", arguments: ["CIDAS/clipseg-rd64-refined", "a/b", "a_b/c.d-e", "0/1"])
    func repository(text: String) throws {
        #expect(RepositoryID(text)?.description == text)
    }

    @Test(
        "What can't be the name of a repository",
        arguments: [
            "", "a", "/", "a/", "/b", "a/b/c", "../b", "a/..", "a/.b", "a/b.", "-a/b", "a--b/c", "a/b..c", "a/b c",
            "a/ü",
            "a/b\n", "a/b%2f", "./models", "models/", String(repeating: "a", count: 97) + "/b",
        ])
    func noRepository(text: String) {
        #expect(RepositoryID(text) == nil)
    }

    @Test("Revisions", arguments: ["main", "v1.0", "refs/pr/1", TestHub.commit]) func revision(text: String) {
        #expect(Revision(text)?.description == text)
    }

    @Test(
        "What can't be a revision",
        arguments: ["", "/", "/main", "main/", "a//b", "..", "a/../b", "-f", "a b", "a\n", "?x", ".git", "a/.b"])
    func noRevision(text: String) {
        #expect(Revision(text) == nil)
    }

    @Test(
        "A repository can be named with a revision behind an @",
        arguments: [("a/b", nil), ("a/b@main", "main"), ("a/b@refs/pr/1", "refs/pr/1"), ("a/b@v1.0", "v1.0")])
    func reference(text: String, revision: String?) throws {
        let reference = try #require(RepositoryReference(text))
        #expect(reference.repository == RepositoryID("a/b"))
        #expect(reference.revision?.description == revision)
        #expect(reference.description == text)
    }

    @Test(
        "A name with a revision that can't be one is none",
        arguments: ["", "@", "a@main", "a/b@", "@main", "a/b@../c", "a/b@x@y", "a/b@ x", "a@b/c"])
    func noReference(text: String) {
        #expect(RepositoryReference(text) == nil)
    }

    @Test(
        "Names of files that lead out of the snapshot are refused",
        arguments: [
            "", "/etc/passwd", "../../x", "a/../../x", "a//b", "./a", "a/.", "a\\b", "a\0b", "a\nb",
            String(repeating: "a", count: 256),
        ])
    func hostileFile(path: String) {
        #expect(throws: HubError.self) {
            try HubFile(path: path, size: 1, digest: .gitBlob(String(repeating: "0", count: 40)))
        }
    }

    @Test(
        "Checksums that could be another path are refused",
        arguments: [
            "", "../../x", "ABCDEF", String(repeating: "A", count: 64), String(repeating: "0", count: 63) + "/",
        ])
    func hostileDigest(text: String) {
        #expect(throws: HubError.self) { try HubFile(path: "a", size: 1, digest: .sha256(text)) }
        #expect(throws: HubError.self) { try HubFile(path: "a", size: 1, digest: .gitBlob(text)) }
    }
}
