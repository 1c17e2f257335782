import Foundation

/// What a repository holds at a revision: the hub's answer to `GET /api/models/{repository}/revision/{revision}?blobs=true`.
struct HubListing: Sendable, Equatable {
    /// The commit that the revision stands for at the moment.
    let commit: String
    let files: [HubFile]

    /// More than any model's list.
    static let maxBytes = 8 << 20

    /// - Throws: `HubError.badListing`.
    init(json: [UInt8]) throws(HubError) {
        let answer: Answer
        do {
            answer = try JSONDecoder().decode(Answer.self, from: Data(json))
        } catch {
            throw .badListing(reason: "it is not the JSON that it should be")
        }
        guard Revision.isCommit(answer.sha) else { throw .badListing(reason: "it names no commit") }
        commit = answer.sha
        var files: [HubFile] = []
        for sibling in answer.siblings {
            let digest = sibling.lfs.map { ContentDigest.sha256($0.sha256) } ?? .gitBlob(sibling.blobId ?? "")
            files.append(
                try HubFile(path: sibling.rfilename, size: sibling.lfs?.size ?? sibling.size ?? -1, digest: digest))
        }
        self.files = files
    }

    private struct Answer: Decodable {
        let sha: String
        let siblings: [Sibling]
    }

    private struct Sibling: Decodable {
        let rfilename: String
        let size: Int?
        let blobId: String?
        let lfs: LargeFile?
    }

    private struct LargeFile: Decodable {
        let sha256: String
        let size: Int
    }
}
