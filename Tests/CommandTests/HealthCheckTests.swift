import Foundation
import Testing

@Suite struct HealthCheckTests {
    @Test("A service is found by its environment, and is healthy until it drains")
    func drains() async throws {
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0"], arguments: ["--drain-delay", "3600"])
        let environment = ["CLIPSEG_PORT": "\(server.base.port ?? 0)", "http_proxy": "http://127.0.0.1:1"]
        let healthy = try await Program.run("healthcheck", environment: environment)
        #expect(healthy.status == 0, "\(healthy.errors)")
        #expect(healthy.output.isEmpty && healthy.errors.isEmpty)

        server.process.terminate()
        var draining = healthy
        for _ in 0..<100 where draining.status == 0 {
            draining = try await Program.run("healthcheck", environment: environment)
        }
        #expect(draining.status == 69)
        #expect(draining.errors.contains("503"))
        server.process.terminate()
        _ = await server.exitStatus()
    }

    @Test("Another answer than 200, or none, is status 69, and why")
    func unhealthy() async throws {
        let folder = try TemporaryFolder()
        let keys = try folder.file("keys", Data("alice:0123456789abcdef\n".utf8))
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0"], arguments: ["--api-key-file", keys, "--protect-health"])
        let url = "\(server.base)/readyz"
        let protected = try await Program.run("healthcheck", "--url", url)
        #expect(protected.status == 69)
        #expect(protected.errors.contains("--admin-port"), "\(protected.errors)")
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
        let gone = try await Program.run("healthcheck", "--url", url)
        #expect(gone.status == 69)
        #expect(gone.errors.contains("no answer"), "\(gone.errors)")
    }

    @Test("A Unix-domain socket and an admin port are asked too")
    func otherListeners() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("socket")
        let server = try await RunningServer(environment: ["CLIPSEG_UNIX_SOCKET": path])
        #expect(try await Program.run("healthcheck", environment: ["CLIPSEG_UNIX_SOCKET": path]).status == 0)
        #expect(try await Program.run("healthcheck", "--unix-socket", path).status == 0)
        #expect(try await Program.run("healthcheck", "--unix-socket", path + "2").status == 69)
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test("HTTPS is asked without a look at the certificate, unless the URL is given")
    func certificates() async throws {
        let folder = try TemporaryFolder()
        let request = try await Program.run(
            [
                "req", "-x509", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-subj",
                "/CN=segment.example", "-keyout", folder.file("key"), "-out", folder.file("cert"),
            ], executable: URL(fileURLWithPath: "/usr/bin/openssl"))
        #expect(request.status == 0, "\(request.errors)")
        let tls = ["CLIPSEG_TLS_CERT": folder.file("cert"), "CLIPSEG_TLS_KEY": folder.file("key")]
        let server = try await RunningServer(environment: tls.merging(["CLIPSEG_PORT": "0"]) { $1 })
        let port = "\(server.base.port ?? 0)"
        #expect(
            try await Program.run("healthcheck", environment: tls.merging(["CLIPSEG_PORT": port]) { $1 }).status == 0)
        let outcome = try await Program.run("healthcheck", "--url", "https://127.0.0.1:\(port)/readyz")
        #expect(outcome.status == 69)
        #expect(outcome.errors.contains("certificate"), "\(outcome.errors)")
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }

    @Test(
        "Anything but an HTTP URL is a mistake in usage",
        arguments: [["--url", "file:///etc/passwd"], ["--timeout", "0"]])
    func usage(_ arguments: [String]) async throws {
        #expect(try await Program.run(["healthcheck"] + arguments).status == 64)
    }
}
