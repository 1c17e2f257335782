import ArgumentParser
import HTTPServer
import SegmentationService

/// Who may ask `serve` for what.
struct AccessOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A file with one name:key a line; callers must show a key. Read anew on SIGHUP.", valueName: "file"))
    var apiKeyFile: String?

    @Flag(help: "Ask for an API key at /livez, /readyz, /healthz, /metrics and the health paths of /v2 too.")
    var protectHealth = false

    @Option(
        help: ArgumentHelp(
            "A port for health and metrics, plain HTTP; the other then has them no longer.", valueName: "port"))
    var adminPort: Int?

    @Option(
        help: ArgumentHelp("The address that the admin port listens on; as --host, if not given.", valueName: "host"))
    var adminHost: String?

    @Option(
        help: ArgumentHelp(
            "Sites whose pages may use the API in a browser: exact origins, commas between.", valueName: "origins"))
    var corsOrigin: String?

    @Option(
        help: ArgumentHelp(
            """
            Proxies believed about the client's address, for the log: addresses, ranges such as 10.0.0.0/8, or unix for \
            the Unix-domain socket; commas between.
            """, valueName: "ranges"))
    var trustedProxies: String?

    func validate() throws {
        if let adminPort, !(0...65535).contains(adminPort) {
            throw ValidationError("--admin-port must be between 0 and 65535.")
        }
        guard corsOrigin == nil || crossOrigin != nil else {
            throw ValidationError("--cors-origin must be origins such as https://app.example, commas between.")
        }
        guard trustedProxies == nil || proxies != nil else {
            throw ValidationError("--trusted-proxies must be addresses or ranges such as 10.0.0.0/8, commas between.")
        }
        guard !protectHealth || apiKeyFile != nil else {
            throw ValidationError("--protect-health needs --api-key-file.")
        }
        guard adminHost == nil || adminPort != nil else { throw ValidationError("--admin-host needs --admin-port.") }
    }

    /// - Throws: if the keys can't be read.
    func rules() throws -> AccessRules {
        var rules = AccessRules()
        rules.keys = try apiKeyFile.map { path in try APIKeyStore { try Files.read(path) } }
        rules.protectsHealth = protectHealth
        rules.crossOrigin = crossOrigin
        return rules
    }

    var proxies: TrustedProxies? {
        trustedProxies.flatMap { text in
            TrustedProxies(text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
    }

    private var crossOrigin: CrossOrigin? {
        corsOrigin.flatMap { text in
            CrossOrigin(origins: text.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
        }
    }
}
