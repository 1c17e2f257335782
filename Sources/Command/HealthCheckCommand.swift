import ArgumentParser
import Glibc
import HealthCheck

struct HealthCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "healthcheck",
        abstract: "Asks a running service whether it is ready: status 0 if so, else 69.",
        discussion: """
            Asks the service that `clipseg serve` is in the same environment, on this machine: CLIPSEG_HOST, CLIPSEG_PORT, \
            CLIPSEG_UNIX_SOCKET, CLIPSEG_ADMIN_HOST, CLIPSEG_ADMIN_PORT and CLIPSEG_TLS_CERT count. What else is to be \
            asked is given:

              clipseg healthcheck --url http://127.0.0.1:9000/readyz

            A certificate is verified only if the URL is given.
            """)

    @Option(help: "The URL to ask, http or https; ready is who answers it with 200.")
    var url: String?

    @Option(help: ArgumentHelp("Connect to this Unix-domain socket, not to a port.", valueName: "path"))
    var unixSocket: String?

    @Option(help: "Seconds to wait for the answer.")
    var timeout: Double = 3

    func validate() throws {
        try OptionRange.require(timeout, in: 0.1...OptionRange.day, "--timeout")
        if let url, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            throw ValidationError("--url must begin with http:// or https://.")
        }
    }

    func run() throws {
        try HealthProbe(endpoint, timeout: .milliseconds(Int(timeout * 1000))).run()
    }

    private var endpoint: HealthEndpoint {
        guard url != nil || unixSocket != nil else {
            return HealthEndpoint { name in getenv(name).map { String(cString: $0) } }
        }
        return HealthEndpoint(url: url ?? "http://localhost/readyz", unixSocket: unixSocket)
    }
}
