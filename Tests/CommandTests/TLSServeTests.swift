import Foundation
import Glibc
import Testing

@Suite struct TLSServeTests {
    /// A certificate that signs itself, and its key, in place of what was there.
    private func makeCertificate(in folder: TemporaryFolder) async throws {
        let outcome = try await Program.run(
            [
                "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder.file("key"), "-out",
                folder.file("cert"),
            ], executable: URL(fileURLWithPath: "/usr/bin/openssl"))
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    private func get(_ server: RunningServer, trusting file: String) async throws -> String {
        let url = "https://127.0.0.1:\(server.base.port ?? 0)/livez"
        let outcome = try await Program.run(
            ["--silent", "--show-error", "--cacert", file, url], executable: URL(fileURLWithPath: "/usr/bin/curl"))
        return String(decoding: outcome.output, as: UTF8.self) + outcome.errors
    }

    @Test("serve speaks HTTPS, SIGHUP changes the certificate, and a bad one leaves the old in place")
    func reload() async throws {
        let folder = try TemporaryFolder()
        try await makeCertificate(in: folder)
        let server = try await RunningServer(
            environment: ["CLIPSEG_TLS_KEY": folder.file("key")],
            arguments: ["--port", "0", "--tls-cert", folder.file("cert")])
        #expect(try await get(server, trusting: folder.file("cert")) == "ok\n")

        try await makeCertificate(in: folder)
        #expect(try await get(server, trusting: folder.file("cert")).contains("certificate"))
        kill(server.process.processIdentifier, SIGHUP)
        try await untilLog(of: server, has: 2, "certificate loaded")
        #expect(try await get(server, trusting: folder.file("cert")) == "ok\n")

        let copy = try folder.file("copy", Data(contentsOf: URL(fileURLWithPath: folder.file("cert"))))
        _ = try folder.file("cert", Data("junk".utf8))
        kill(server.process.processIdentifier, SIGHUP)
        try await untilLog(of: server, has: 1, "kept the old certificate")
        #expect(try await get(server, trusting: copy) == "ok\n")

        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    private func untilLog(of server: RunningServer, has count: Int, _ text: String) async throws {
        for _ in 0..<600 where try server.log().components(separatedBy: text).count <= count {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(try server.log().components(separatedBy: text).count == count + 1)
    }
}
