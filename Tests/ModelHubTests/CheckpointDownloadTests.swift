import Foundation
import HTTPServer
import Synchronization
import TestAuthority
import Testing

@testable import ModelHub

/// Against a hub over TLS that behaves, and one that does not: in the end there is the right file, or a clear error.
@Suite struct CheckpointDownloadTests {
    private static let wanted = TestHub.checkpoint.filter { $0.key != "README.md" }
    private static let weights = TestHub.checkpoint["model.safetensors"] ?? []

    /// Answers the first `count` requests for the weights with `response`.
    private static func failing(_ count: Int, _ response: HTTPResponse) -> TestHub.Misbehaviour {
        let rest = Atomic(count)
        return { request in
            guard request.path.hasSuffix("model.safetensors") else { return nil }
            return rest.subtract(1, ordering: .relaxed).oldValue > 0 ? response : nil
        }
    }

    @Test("The checkpoint's files arrive under their names, and nothing else does") func download() async throws {
        try await withHub(TestHub()) { session in
            let folder = try await session.download()
            #expect(session.snapshot() == Self.wanted)
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository) == folder)
            // A second time, nothing but the list is asked for.
            let count = session.hub.requests.count
            #expect(try await session.download() == folder)
            #expect(session.hub.requests.count == count + 1)
            #expect(session.hub.requests.allSatisfy { $0.headers["Authorization"] == "Bearer hf_secret" })
        }
    }

    @Test("A checkpoint that is only pytorch_model.bin is fetched and found again") func torch() async throws {
        var files = Self.wanted
        files["pytorch_model.bin"] = files.removeValue(forKey: "model.safetensors")
        try await withHub(TestHub(files: files)) { session in
            let folder = try await session.download()
            #expect(session.snapshot() == files)
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository) == folder)
        }
    }

    @Test("A file that was interrupted goes on where it ended") func resume() async throws {
        try await withHub(TestHub()) { session in
            let partial = session.blob("model.safetensors") + ".incomplete"
            try FileManager.default.createDirectory(
                atPath: (partial as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(Self.weights[..<1_000_000]).write(to: URL(fileURLWithPath: partial))
            _ = try await session.download()
            #expect(session.snapshot() == Self.wanted)
            let last = session.hub.requests.last
            #expect(last?.headers["Range"] == "bytes=1000000-")
            #expect(!FileManager.default.fileExists(atPath: partial))
        }
    }

    @Test("What was left behind by something else is fetched anew", arguments: [1_000_000, 3_000_000, 4_000_000])
    func rubbish(count: Int) async throws {
        try await withHub(TestHub()) { session in
            let partial = session.blob("model.safetensors") + ".incomplete"
            try FileManager.default.createDirectory(
                atPath: (partial as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try Data(repeating: 7, count: count).write(to: URL(fileURLWithPath: partial))
            _ = try await session.download()
            #expect(session.snapshot() == Self.wanted)
        }
    }

    @Test("Connections that break are taken up again") func cut() async throws {
        // The list, config.json and preprocessor_config.json come over connections of their own.
        let proxies = Mutex<[CuttingProxy]>([])
        try await withHub(
            TestHub(),
            through: { port in
                let proxy = try CuttingProxy(to: port, cuts: [.max, .max, .max, 500_000, 900_000])
                proxies.withLock { $0.append(proxy) }
                return proxy.port
            }
        ) { session in
            _ = try await session.download()
            #expect(session.snapshot() == Self.wanted)
            let ranges = session.hub.requests.compactMap { $0.headers["Range"] }
            #expect(ranges.count == 2)
        }
    }

    @Test(
        "A hub that is busy or broken for a while is asked again",
        arguments: [429, 500, 502, 503, 504].map { HTTPStatus(code: $0, reason: "Busy") })
    func retries(status: HTTPStatus) async throws {
        let hub = TestHub(misbehaviour: Self.failing(2, HTTPResponse(status: status, headers: ["Retry-After": "0"])))
        try await withHub(hub) { session in
            _ = try await session.download()
            #expect(session.snapshot() == Self.wanted)
        }
    }

    @Test("A hub that stays broken is given up, and the error names what was asked") func givesUp() async throws {
        let broken = HTTPResponse(status: HTTPStatus(code: 503, reason: "Busy"))
        try await withHub(TestHub(misbehaviour: Self.failing(.max, broken))) { session in
            let url = session.configuration.endpoint + "/maker/model/resolve/\(TestHub.commit)/model.safetensors"
            await #expect(throws: HubError.status(503, url: url)) { try await session.download() }
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository) == nil)
        }
    }

    @Test("Without the right to it, the error says what to do") func refused() async throws {
        let statuses: [(Int, HubError)] = [
            (401, .unauthorized(repository: TestHub.repository, hasToken: true)),
            (403, .forbidden(repository: TestHub.repository)),
            (404, .notFound(repository: TestHub.repository, revision: .main)),
        ]
        for (code, error) in statuses {
            let hub = TestHub { _ in HTTPResponse(status: HTTPStatus(code: code, reason: "No")) }
            try await withHub(hub) { session in
                await #expect(throws: error) { try await session.download() }
                #expect(session.hub.requests.count == 1)
            }
        }
    }

    @Test("A file that the hub lists and does not have is named") func missingFile() async throws {
        let hub = TestHub(misbehaviour: Self.failing(.max, HTTPResponse(status: .notFound)))
        try await withHub(hub) { session in
            let commit = try #require(Revision(TestHub.commit))
            let error = HubError.noFile("model.safetensors", repository: TestHub.repository, commit: commit)
            await #expect(throws: error) { try await session.download() }
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository) == nil)
        }
    }

    @Test("A list with a name that leads out of the snapshot is refused, and no file is fetched") func hostileName()
        async throws
    {
        let files = TestHub.checkpoint.merging(["../../evil": Array("payload".utf8)]) { first, _ in first }
        try await withHub(TestHub(files: files)) { session in
            await #expect {
                try await session.download()
            } throws: { error in
                if case HubError.badListing = error { true } else { false }
            }
            #expect(session.hub.requests.count == 1)
            #expect(!FileManager.default.fileExists(atPath: session.configuration.cacheFolder))
        }
    }

    @Test("A redirect to another host is followed without the token") func redirect() async throws {
        let elsewhere = TestHub()
        try await withHub(elsewhere) { other in
            let location = "https://localhost:\(other.port)"
            let hub = TestHub { request in
                guard request.path.hasSuffix("model.safetensors") else { return nil }
                return HTTPResponse(
                    status: HTTPStatus(code: 302, reason: "Found"), headers: ["Location": location + request.path],
                    body: Array("moved".utf8))
            }
            try await withHub(hub) { session in
                // Both are to be trusted: whoever is asked, it is about the token here.
                let authorities = session.authority.folder + "/both.pem"
                try [session.authority, other.authority].map {
                    try String(contentsOfFile: $0.certificateFile, encoding: .utf8)
                }
                .joined().write(toFile: authorities, atomically: true, encoding: .utf8)
                _ = try await session.download { $0.authorityFile = authorities }
                #expect(session.snapshot() == Self.wanted)
                #expect(elsewhere.requests.count == 1)
                #expect(elsewhere.requests.first?.headers["Authorization"] == nil)
                #expect(hub.requests.last?.headers["Authorization"] == "Bearer hf_secret")
            }
        }
    }

    @Test(
        "A redirect to plain HTTP is not followed, nor one in circles", arguments: ["http://localhost:1/", "/circle"])
    func badRedirect(location: String) async throws {
        let hub = TestHub { request in
            guard request.path.hasSuffix("config.json") || request.path == "/circle" else { return nil }
            return HTTPResponse(status: HTTPStatus(code: 302, reason: "Found"), headers: ["Location": location])
        }
        try await withHub(hub) { session in
            await #expect {
                try await session.download()
            } throws: { error in
                if case HubError.rejected = error { true } else { false }
            }
        }
    }

    @Test("A hub whose certificate nobody vouches for is not asked") func untrusted() async throws {
        let stranger = try TestAuthority("Stranger")
        try await withHub(TestHub()) { session in
            await #expect {
                try await session.download { $0.authorityFile = stranger.certificateFile }
            } throws: { error in
                if case HubError.rejected = error { true } else { false }
            }
            #expect(session.hub.requests.isEmpty)
        }
    }

    @Test("Content that is not what the list says is refused, however often it comes") func wrongChecksum() async throws
    {
        let wrong = HTTPResponse(status: .ok, body: [UInt8](repeating: 1, count: Self.weights.count))
        try await withHub(TestHub(misbehaviour: Self.failing(1, wrong))) { session in
            _ = try await session.download()
            #expect(session.snapshot() == Self.wanted)
        }
        try await withHub(TestHub(misbehaviour: Self.failing(.max, wrong))) { session in
            await #expect(throws: HubError.wrongChecksum(file: "model.safetensors")) { try await session.download() }
            #expect(session.snapshot()["model.safetensors"] == nil)
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository) == nil)
        }
    }

    @Test("Content of another length is refused", arguments: [0, 10, 2_999_999, 3_000_001, 5_000_000])
    func wrongLength(count: Int) async throws {
        let body = Array((Self.weights + Self.weights)[..<count])
        let hub = TestHub(misbehaviour: Self.failing(.max, HTTPResponse(status: .ok, body: body)))
        try await withHub(hub) { session in
            await #expect {
                try await session.download()
            } throws: { error in
                if case HubError.wrongLength(file: "model.safetensors", 3_000_000, _) = error { true } else { false }
            }
            #expect(session.snapshot()["model.safetensors"] == nil)
        }
    }

    @Test("A server that ignores Range, or sends another part, does no harm") func ranges() async throws {
        for part in [HTTPResponse(status: .ok, body: Self.weights), nil] {
            let hub = TestHub { request in
                guard request.path.hasSuffix("model.safetensors"), request.headers["Range"] != nil else { return nil }
                return part
                    ?? HTTPResponse(
                        status: HTTPStatus(code: 206, reason: "Partial Content"),
                        headers: ["Content-Range": "bytes 5-9/3000000"], body: [1, 2, 3, 4, 5])
            }
            try await withHub(hub) { session in
                let partial = session.blob("model.safetensors") + ".incomplete"
                try FileManager.default.createDirectory(
                    atPath: (partial as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                try Data(Self.weights[..<1000]).write(to: URL(fileURLWithPath: partial))
                if part != nil {
                    _ = try await session.download()
                    #expect(session.snapshot() == Self.wanted)
                } else {
                    await #expect(throws: HubError.self) { try await session.download() }
                    #expect(session.content(partial) == Array(Self.weights[..<1000]))
                }
            }
        }
    }

    @Test("Offline, what is in the cache is used, and nobody is asked") func offline() async throws {
        try await withHub(TestHub()) { session in
            await #expect(throws: HubError.offline(repository: TestHub.repository, revision: .main)) {
                try await session.download { $0.isOffline = true }
            }
            #expect(session.hub.requests.isEmpty)
            let folder = try await session.download()
            let count = session.hub.requests.count
            #expect(try await session.download { $0.isOffline = true } == folder)
            #expect(session.hub.requests.count == count)
        }
    }

    @Test(
        "Weights in several files are there once all are that the index names",
        arguments: [
            #"{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}"#,
            #"{"weight_map": {"a": "../model.safetensors"}}"#, #"{"weight_map": {}}"#, "not JSON",
        ])
    func shards(index: String) async throws {
        let names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
        var files = Self.wanted
        files["model.safetensors"] = nil
        files["model.safetensors.index.json"] = Array(index.utf8)
        for name in names { files[name] = Array(name.utf8) }
        try await withHub(TestHub(files: files)) { session in
            let folder = try await session.download()
            let cache = HubCache(session.configuration)
            let isWhole = names.allSatisfy(index.contains)
            #expect((cache.snapshot(of: TestHub.repository) == folder) == isWhole)
            try FileManager.default.removeItem(atPath: folder + "/" + names[1])
            #expect(cache.snapshot(of: TestHub.repository) == nil)
            await #expect(throws: HubError.offline(repository: TestHub.repository, revision: .main)) {
                try await session.download { $0.isOffline = true }
            }
        }
    }

    @Test("A commit can be named in place of a branch, and is not asked about under another name") func commit()
        async throws
    {
        try await withHub(TestHub()) { session in
            let commit = try #require(Revision(TestHub.commit))
            _ = try await session.download(commit)
            #expect(session.snapshot() == Self.wanted)
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository, commit) != nil)
            #expect(HubCache(session.configuration).snapshot(of: TestHub.repository) == nil)
        }
    }
}
