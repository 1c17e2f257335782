import CTLS
import Foundation
import HTTPServer
import Synchronization
import TestAuthority

@testable import ModelHub

/// A hub on this machine, over TLS, with one repository. It notes what it is asked, and can be told to misbehave.
final class TestHub: Sendable {
    static let repository: RepositoryID = {
        guard let repository = RepositoryID("maker/model") else { preconditionFailure("the tests of names pass") }
        return repository
    }()
    static let commit = "0123456789abcdef0123456789abcdef01234567"

    /// Stands for the answer to some requests; nil lets the hub answer as it should.
    typealias Misbehaviour = @Sendable (HTTPRequest) -> HTTPResponse?

    let files: [String: [UInt8]]
    private let misbehaviour: Misbehaviour
    private let log = Mutex<[HTTPRequest]>([])

    init(files: [String: [UInt8]] = TestHub.checkpoint, misbehaviour: @escaping Misbehaviour = { _ in nil }) {
        self.files = files
        self.misbehaviour = misbehaviour
    }

    /// The files of something like a checkpoint, the weights a little larger than what arrives at once.
    static let checkpoint: [String: [UInt8]] = [
        "config.json": Array(#"{"model_type": "clipseg"}"#.utf8),
        "preprocessor_config.json": Array("{}".utf8),
        "model.safetensors": (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 5) },
        "README.md": Array("not part of a checkpoint".utf8),
    ]

    /// The requests so far.
    var requests: [HTTPRequest] { log.withLock { $0 } }

    @Sendable func reply(_ request: HTTPRequest) -> HTTPReply {
        log.withLock { $0.append(request) }
        return .now(misbehaviour(request) ?? answer(request))
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let commitPath = "/maker/model/resolve/\(Self.commit)/"
        if ["main", Self.commit].contains(where: { request.path == "/api/models/maker/model/revision/\($0)" }) {
            return HTTPResponse(text: listing(), contentType: "application/json")
        }
        guard request.path.hasPrefix(commitPath), let body = files[String(request.path.dropFirst(commitPath.count))]
        else {
            return HTTPResponse(status: .notFound)
        }
        guard let range = request.headers["Range"], let start = Int(range.dropFirst("bytes=".count).dropLast()) else {
            return HTTPResponse(status: .ok, body: body)
        }
        return HTTPResponse(
            status: HTTPStatus(code: 206, reason: "Partial Content"),
            headers: ["Content-Range": "bytes \(start)-\(body.count - 1)/\(body.count)"], body: Array(body[start...]))
    }

    /// The hub's list, as the real one writes it: SHA-256 for weights, git's name for the rest.
    func listing(_ change: (inout [String: Any]) -> Void = { _ in }) -> String {
        let siblings = files.sorted { $0.key < $1.key }.map { name, content -> [String: Any] in
            var entry: [String: Any] = ["rfilename": name, "size": content.count, "blobId": gitBlob(content)]
            if name.hasSuffix(".safetensors") { entry["lfs"] = ["sha256": sha256(content), "size": content.count] }
            return entry
        }
        var answer: [String: Any] = ["id": "maker/model", "sha": Self.commit, "siblings": siblings]
        change(&answer)
        let data = (try? JSONSerialization.data(withJSONObject: answer)) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}

/// OpenSSL's one-shot functions: another way to the digests than the code under test takes.
func sha256(_ content: [UInt8]) -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_LENGTH))
    SHA256(content, content.count, &digest)
    return digest.map { String(format: "%02x", $0) }.joined()
}

/// As `git hash-object` prints it.
func gitBlob(_ content: [UInt8]) -> String {
    let object = Array("blob \(content.count)\0".utf8) + content
    var digest = [UInt8](repeating: 0, count: Int(SHA_DIGEST_LENGTH))
    SHA1(object, object.count, &digest)
    return digest.map { String(format: "%02x", $0) }.joined()
}
