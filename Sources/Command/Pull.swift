import ArgumentParser
import Foundation
import ModelHub

struct Pull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetches a checkpoint from a model hub, and prints the folder that it is in.",
        discussion: """
            What was fetched can be named as --model of all other commands.

              clipseg pull CIDAS/clipseg-rd64-refined
              clipseg segment photo.jpg "a red umbrella" --model CIDAS/clipseg-rd64-refined -o mask.png

            Files are compared with the hub's checksums. What was interrupted goes on where it ended. The cache is the one of \
            huggingface_hub, and so are the variables HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE; \
            SSL_CERT_FILE names authorities of your own.
            """)

    @Argument(help: "owner/name of a repository.", transform: Self.repository)
    var repository: RepositoryID

    @Option(help: "A branch, a tag or a commit.", transform: Self.revision)
    var revision = Revision.main

    private static func repository(_ text: String) throws -> RepositoryID {
        guard let repository = RepositoryID(text) else {
            throw ValidationError(
                "“\(text)” is no repository; give owner/name, CIDAS/clipseg-rd64-refined for instance.")
        }
        return repository
    }

    private static func revision(_ text: String) throws -> Revision {
        guard let revision = Revision(text) else { throw ValidationError("“\(text)” can't be a revision.") }
        return revision
    }

    func run() async throws {
        let configuration = try HubConfiguration(environment: ProcessInfo.processInfo.environment)
        var line = DownloadLine()
        let folder = try CheckpointDownload(repository, revision, configuration).run { line.show($0) }
        line.clear()
        try Files.write(Array((folder + "\n").utf8), to: nil)
    }
}
