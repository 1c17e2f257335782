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

            owner/name@revision is that state of a repository, here and there: a branch, a tag, or a commit, which never \
            changes.

            Files are compared with the hub's checksums. What was interrupted goes on where it ended. The cache is the one of \
            huggingface_hub, and so are the variables HF_HOME, HF_HUB_CACHE, HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE; \
            SSL_CERT_FILE names authorities of your own.
            """)

    @Argument(help: "owner/name[@revision] of a repository.", transform: Self.reference)
    var repository: RepositoryReference

    @Option(help: "A branch, a tag or a commit; main if not given.", transform: Self.revision)
    var revision: Revision?

    private static func reference(_ text: String) throws -> RepositoryReference {
        guard let reference = RepositoryReference(text) else {
            throw ValidationError(
                "“\(text)” is no repository; give owner/name or owner/name@revision, CIDAS/clipseg-rd64-refined for "
                    + "instance.")
        }
        return reference
    }

    private static func revision(_ text: String) throws -> Revision {
        guard let revision = Revision(text) else { throw ValidationError("“\(text)” can't be a revision.") }
        return revision
    }

    func validate() throws {
        guard revision == nil || repository.revision == nil else {
            throw ValidationError("\(repository) names a revision, and so does --revision: give one of them.")
        }
    }

    func run() async throws {
        let configuration = try HubConfiguration(environment: ProcessInfo.processInfo.environment)
        var line = DownloadLine()
        let revision = revision ?? repository.revision ?? .main
        let folder = try CheckpointDownload(repository.repository, revision, configuration).run { line.show($0) }
        line.clear()
        try Files.write(Array((folder + "\n").utf8), to: nil)
    }
}
