import Foundation
import HTTPServer
import TestAuthority

@testable import ModelHub

/// A running hub, and a cache of its own for those who ask it.
struct HubSession {
    let hub: TestHub
    let configuration: HubConfiguration
    let port: Int
    let authority: TestAuthority

    /// Where the cache puts the content of a file.
    func blob(_ file: String) -> String {
        let content = hub.files[file] ?? []
        let digest = file.hasSuffix(".safetensors") ? sha256(content) : gitBlob(content)
        return configuration.cacheFolder + "/models--maker--model/blobs/" + digest
    }

    func content(_ path: String) -> [UInt8]? { FileManager.default.contents(atPath: path).map(Array.init) }

    /// The snapshot's files, each with its content.
    func snapshot() -> [String: [UInt8]] {
        let folder = configuration.cacheFolder + "/models--maker--model/snapshots/" + TestHub.commit
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return Dictionary(uniqueKeysWithValues: names.map { ($0, content(folder + "/" + $0) ?? []) })
    }

    /// Downloads as the program does, on a thread of its own.
    func download(
        _ revision: Revision = .main, _ configure: (inout HubConfiguration) -> Void = { _ in }
    ) async throws -> String {
        var configuration = configuration
        configure(&configuration)
        let download = CheckpointDownload(TestHub.repository, revision, configuration)
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try download.run() }) }
        }
    }
}

/// Starts `hub` on a free port with a certificate for localhost, and stops it when `body` is done.
///
/// - Parameter through: What clients are to connect to instead of the hub's own port.
func withHub(
    _ hub: TestHub, through proxy: (Int) throws -> Int = { $0 }, _ body: (HubSession) async throws -> Void
) async throws {
    // Each with a name of its own: a client that trusts two of the same name might take the wrong one.
    let authority = try TestAuthority("Hub CA \(UUID().uuidString)")
    var configuration = HTTPServerConfiguration(port: 0)
    configuration.tls = try authority.issue("localhost")
    let server = HTTPServer(configuration: configuration, handler: hub.reply)
    let address = try server.start()
    let cache = authority.folder + "/cache"
    var client = try HubConfiguration(environment: [
        "HF_ENDPOINT": "https://localhost:\(try proxy(address.port))", "HF_HUB_CACHE": cache, "HF_TOKEN": "hf_secret",
        "SSL_CERT_FILE": authority.certificateFile,
    ])
    client.retryDelays = [0.01, 0.01]
    do {
        try await body(HubSession(hub: hub, configuration: client, port: address.port, authority: authority))
    } catch {
        await server.shutdown(within: .zero)
        throw error
    }
    await server.shutdown(within: .seconds(10))
}
