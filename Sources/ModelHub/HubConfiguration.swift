/// Which hub, as whom, and where to keep what comes: what huggingface_hub reads from the environment, under the same names.
public struct HubConfiguration: Sendable {
    /// The hub's URL, without a slash at its end.
    public var endpoint: String
    /// Sent to the endpoint, and nowhere else.
    public var token: String?
    /// The cache that programs share.
    public var cacheFolder: String
    /// Whether the network must not be used.
    public var isOffline: Bool
    /// Certificates of authorities, PEM; the system's if nil.
    public var authorityFile: String?
    /// How long to wait before each further attempt, in seconds; the hub may ask for longer.
    public var retryDelays: [Double] = [1, 2, 4, 8]

    /// - Parameter environment: `HF_ENDPOINT`, `HF_TOKEN` or the file `HF_TOKEN_PATH`, `HF_HOME`, `HF_HUB_CACHE`,
    ///   `HF_HUB_OFFLINE` and `SSL_CERT_FILE`; what is empty counts as not set.
    /// - Throws: `HubError.badEndpoint`.
    public init(environment: [String: String]) throws(HubError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        let cacheHome = value("XDG_CACHE_HOME") ?? (value("HOME") ?? "") + "/.cache"
        let home = Self.expandingTilde(value("HF_HOME") ?? cacheHome + "/huggingface", home: value("HOME"))
        cacheFolder = Self.expandingTilde(value("HF_HUB_CACHE") ?? home + "/hub", home: value("HOME"))
        isOffline = ["1", "true", "yes", "on"].contains(value("HF_HUB_OFFLINE")?.lowercased())
        authorityFile = value("SSL_CERT_FILE")
        endpoint = try Self.checked(endpoint: value("HF_ENDPOINT") ?? "https://huggingface.co")
        token = Self.usable(token: value("HF_TOKEN") ?? Self.firstLine(of: value("HF_TOKEN_PATH") ?? home + "/token"))
    }

    private static func expandingTilde(_ path: String, home: String?) -> String {
        guard path.hasPrefix("~/"), let home else { return path }
        return home + path.dropFirst()
    }

    /// Tokens and weights must not travel in the clear, but on the machine itself.
    private static func checked(endpoint text: String) throws(HubError) -> String {
        var text = text
        while text.hasSuffix("/") { text.removeLast() }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { throw .badEndpoint(text) }
        if text.hasPrefix("https://"), text.utf8.count > "https://".utf8.count { return text }
        let authority = text.dropFirst("http://".count).prefix { $0 != "/" }
        let isLocal = ["localhost", "127.0.0.1", "[::1]"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
        guard text.hasPrefix("http://"), isLocal else { throw .badEndpoint(text) }
        return text
    }

    private static func firstLine(of path: String) -> String? {
        guard let bytes = try? LocalFile.read(path, atMost: 4096) else { return nil }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// A token becomes part of a header: nothing that could end the line.
    private static func usable(token: String?) -> String? {
        guard let token else { return nil }
        let trimmed = String(token.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        return !trimmed.isEmpty && trimmed.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } ? trimmed : nil
    }
}
