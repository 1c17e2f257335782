import HealthCheck
import Testing

@Suite struct HealthEndpointTests {
    @Test(
        "The endpoint is where serve listens in the same environment",
        arguments: [
            ([:], "http://127.0.0.1:8080/readyz"),
            (["CLIPSEG_PORT": "", "CLIPSEG_HOST": ""], "http://127.0.0.1:8080/readyz"),
            (["CLIPSEG_PORT": "9000"], "http://127.0.0.1:9000/readyz"),
            (["CLIPSEG_HOST": "0.0.0.0"], "http://127.0.0.1:8080/readyz"),
            (["CLIPSEG_HOST": "::"], "http://[::1]:8080/readyz"),
            (["CLIPSEG_HOST": "fd00::1", "CLIPSEG_PORT": "1"], "http://[fd00::1]:1/readyz"),
            (["CLIPSEG_HOST": "segment.example"], "http://segment.example:8080/readyz"),
            (["CLIPSEG_TLS_CERT": "cert.pem"], "https://127.0.0.1:8080/readyz"),
            (["CLIPSEG_TLS_CERT": "cert.pem", "CLIPSEG_ADMIN_PORT": "9090"], "http://127.0.0.1:9090/readyz"),
            (["CLIPSEG_HOST": "::", "CLIPSEG_ADMIN_PORT": "9090"], "http://[::1]:9090/readyz"),
            (
                ["CLIPSEG_HOST": "::", "CLIPSEG_ADMIN_HOST": "10.0.0.1", "CLIPSEG_ADMIN_PORT": "9090"],
                "http://10.0.0.1:9090/readyz"
            ),
            (["CLIPSEG_UNIX_SOCKET": "/run/s", "CLIPSEG_ADMIN_PORT": "9090"], "http://127.0.0.1:9090/readyz"),
        ])
    func environment(_ variables: [String: String], _ url: String) {
        let endpoint = HealthEndpoint { variables[$0] }
        #expect(endpoint.url == url)
        #expect(endpoint.unixSocket == nil)
    }

    @Test("A Unix-domain socket is asked in place of a port")
    func unixSocket() {
        let endpoint = HealthEndpoint { ["CLIPSEG_UNIX_SOCKET": "/run/clipseg/socket", "CLIPSEG_PORT": "9000"][$0] }
        #expect(endpoint.unixSocket == "/run/clipseg/socket")
        #expect(endpoint.url == "http://localhost/readyz")
    }
}
