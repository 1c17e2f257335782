internal import HTTPServer

/// Who may ask for what.
public struct AccessRules: Sendable {
    /// The keys that callers must show; without, nobody needs one.
    public var keys: APIKeyStore?
    /// Health and metrics need a key too.
    public var protectsHealth = false
    /// Other sites whose pages may use the API.
    public var crossOrigin: CrossOrigin?

    /// Everybody may do everything, as far as no other site's page makes them.
    public init() {}

    enum Verdict: Sendable {
        /// - Parameter key: the name of the key that was shown.
        case admitted(key: String?)
        case refused(HTTPProblem)
    }

    /// Paths that say nothing about anybody's data, and must be reachable before there is a key to show.
    private static let documents = WebPageRoutes.paths.union(["/openapi.yaml"])

    /// Whether a path needs no key in any case.
    static func isAlwaysOpen(_ path: String) -> Bool { contains(documents, path) }

    private static let health = Set(HealthRoutes.paths + [MetricsRoute.path] + OpenInferenceRoutes.healthPaths)

    func verdict(on request: HTTPRequest) -> Verdict {
        guard let keys else { return .admitted(key: nil) }
        let shown = Self.key(shownIn: request.headers)
        if let shown, let name = keys.name(of: shown) { return .admitted(key: name) }
        let isOpen = Self.isAlwaysOpen(request.path) || !protectsHealth && Self.contains(Self.health, request.path)
        return isOpen ? .admitted(key: nil) : .refused(.unauthorized(request, hasKey: shown != nil))
    }

    /// Paths here are ASCII; what is not is not worth hashing, which takes time quadratic in combining marks.
    private static func contains(_ paths: Set<String>, _ path: String) -> Bool {
        path.utf8.allSatisfy { $0 < 0x80 } && paths.contains(path)
    }

    /// `Authorization: Bearer` (RFC 6750 §2.1) or, without, `X-API-Key`.
    private static func key(shownIn headers: HTTPHeaders) -> [UInt8]? {
        let scheme = "bearer "
        if let authorization = headers["Authorization"]?.utf8,
            String(decoding: authorization.prefix(scheme.utf8.count), as: UTF8.self).lowercased() == scheme
        {
            return authorization.dropFirst(scheme.utf8.count).filter { $0 != UInt8(ascii: " ") }
        }
        return headers["X-API-Key"].map { Array($0.utf8) }
    }
}

extension HTTPProblem {
    /// 401 (RFC 9110 §15.5.2, RFC 6750 §3).
    static func unauthorized(_ request: HTTPRequest, hasKey: Bool) -> HTTPProblem {
        HTTPProblem(
            status: .unauthorized, code: hasKey ? "invalid_api_key" : "missing_api_key",
            detail: hasKey
                ? "The API key is not one of those that are valid here. Check it, or ask whoever runs this service."
                : "This needs an API key: send it as Authorization: Bearer, or as X-API-Key.",
            instance: request.path,
            headers: ["WWW-Authenticate": "Bearer realm=\"clipseg\"" + (hasKey ? ", error=\"invalid_token\"" : "")])
    }
}
