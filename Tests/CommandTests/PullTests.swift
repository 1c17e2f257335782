import Foundation
import Testing

/// The command around `CheckpointDownload`, which has tests of its own.
@Suite struct PullTests {
    @Test(
        "What can't be a repository or a revision is a usage error",
        arguments: [["clipseg"], ["a/b", "--revision=../c"]])
    func usage(arguments: [String]) async throws {
        let outcome = try await Program.run(["pull"] + arguments)
        #expect(outcome.status == 64)
    }

    @Test("A model that was not fetched is named with the command that fetches it") func notFetched() async throws {
        let folder = try TemporaryFolder()
        let outcome = try await Program.run(
            "segment", Program.scene, "drum", "--model", "maker/model", environment: ["HF_HOME": folder.file("cache")])
        #expect(outcome.status == 66)
        #expect(outcome.errors.contains("clipseg pull maker/model"))
    }

    @Test("What is in the cache is found by its name, offline too") func cached() async throws {
        let folder = try TemporaryFolder()
        let commit = "0123456789abcdef0123456789abcdef01234567"
        let repository = folder.file("cache/hub/models--maker--model")
        let snapshot = repository + "/snapshots/" + commit
        let manager = FileManager.default
        try manager.createDirectory(atPath: repository + "/refs", withIntermediateDirectories: true)
        try manager.createDirectory(atPath: repository + "/snapshots", withIntermediateDirectories: true)
        try Data(commit.utf8).write(to: URL(fileURLWithPath: repository + "/refs/main"))
        try manager.createSymbolicLink(atPath: snapshot, withDestinationPath: Self.demoCheckpoint)
        let environment = ["HF_HOME": folder.file("cache"), "HF_HUB_OFFLINE": "1"]
        let pulled = try await Program.run("pull", "maker/model", environment: environment)
        #expect(pulled.status == 0)
        #expect(String(decoding: pulled.output, as: UTF8.self) == snapshot + "\n")
        let classified = try await Program.run(
            "classify", Program.scene, "drum", "--model", "maker/model", environment: environment)
        #expect(classified.status == 0)
        #expect(String(decoding: classified.output, as: UTF8.self).contains(#""model" : "maker/model""#))
        let missing = try await Program.run("pull", "maker/other", environment: environment)
        #expect(missing.status == 66)
    }

    private static let demoCheckpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources/CDemoModel/checkpoint")
        .path
}
