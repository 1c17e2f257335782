import Foundation
import Testing

/// The command around `CheckpointDownload`, which has tests of its own.
@Suite struct PullTests {
    @Test(
        "What can't be a repository or a revision is a usage error",
        arguments: [["clipseg"], ["a/b", "--revision=../c"], ["a/b@../c"], ["a/b@main", "--revision=main"]])
    func usage(arguments: [String]) async throws {
        let outcome = try await Program.run(["pull"] + arguments)
        #expect(outcome.status == 64)
    }

    @Test("A model that was not fetched is named with the command that fetches it", arguments: ["", "@v1.0"])
    func notFetched(revision: String) async throws {
        let folder = try TemporaryFolder()
        let outcome = try await Program.run(
            "segment", Program.scene, "drum", "--model", "maker/model" + revision,
            environment: ["HF_HOME": folder.file("cache")])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("`clipseg pull maker/model\(revision)`"))
    }

    @Test("What is in the cache is found by its name, offline too") func cached() async throws {
        let cache = try Cache(reference: "main")
        let pulled = try await Program.run("pull", "maker/model", environment: cache.environment)
        #expect(pulled.status == 0)
        #expect(String(decoding: pulled.output, as: UTF8.self) == cache.snapshot + "\n")
        let classified = try await Program.run(
            "classify", Program.scene, "drum", "--model", "maker/model", environment: cache.environment)
        #expect(classified.status == 0)
        #expect(String(decoding: classified.output, as: UTF8.self).contains(#""model" : "maker/model""#))
        let missing = try await Program.run("pull", "maker/other", environment: cache.environment)
        #expect(missing.status == 66)
    }

    @Test("A pinned revision is served by its name, though main was never fetched", arguments: [Cache.commit, "v1.0"])
    func pinned(revision: String) async throws {
        let cache = try Cache(reference: revision)
        let name = "maker/model@" + revision
        for arguments in [[name], ["maker/model", "--revision", revision]] {
            let pulled = try await Program.run(["pull"] + arguments, environment: cache.environment)
            #expect(pulled.status == 0)
            #expect(String(decoding: pulled.output, as: UTF8.self) == cache.snapshot + "\n")
        }
        let classified = try await Program.run(
            "classify", Program.scene, "drum", "--model", name, environment: cache.environment)
        #expect(classified.status == 0)
        #expect(String(decoding: classified.output, as: UTF8.self).contains("\"model\" : \"\(name)\""))
        let main = try await Program.run("pull", "maker/model", environment: cache.environment)
        #expect(main.status == 66)
    }
}

/// The demo checkpoint as if it had been fetched as maker/model, and no network.
private struct Cache {
    static let commit = "0123456789abcdef0123456789abcdef01234567"

    let snapshot: String
    let environment: [String: String]
    private let folder: TemporaryFolder

    /// - Parameter reference: A branch or tag that stands for the commit, or the commit itself.
    init(reference: String) throws {
        folder = try TemporaryFolder()
        environment = ["HF_HOME": folder.file("cache"), "HF_HUB_OFFLINE": "1"]
        let repository = folder.file("cache/hub/models--maker--model")
        snapshot = repository + "/snapshots/" + Self.commit
        for name in ["refs", "snapshots"] {
            try FileManager.default.createDirectory(
                atPath: repository + "/" + name, withIntermediateDirectories: true)
        }
        if reference != Self.commit {
            try Data(Self.commit.utf8).write(to: URL(fileURLWithPath: repository + "/refs/" + reference))
        }
        try FileManager.default.createSymbolicLink(atPath: snapshot, withDestinationPath: Self.demoCheckpoint)
    }

    private static let demoCheckpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/CDemoModel/checkpoint")
        .path
}
