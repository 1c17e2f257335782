internal import HTTPServer

/// Cross-origin resource sharing (the Fetch standard, §3.3): which other sites' pages may use the API in a browser.
public struct CrossOrigin: Sendable {
    private let origins: Set<String>

    /// - Parameter origins: Exact origins, such as `https://app.example`.
    /// - Returns: nil if one of them is no origin. `*` is none: it would let every page use a visitor's access.
    public init?(origins: [String]) {
        guard !origins.isEmpty, origins.allSatisfy(Self.isOrigin) else { return nil }
        self.origins = Set(origins)
    }

    private static func isOrigin(_ text: String) -> Bool {
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) {
            let authority = text.dropFirst(scheme.count)
            return !authority.isEmpty
                && authority.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"/?#@*,".utf8.contains($0) }
                && authority == authority.lowercased()
        }
        return false
    }

    /// The answer to a browser that asks whether it may ask; nil if that is not what the request is.
    func preflight(_ request: HTTPRequest) -> HTTPResponse? {
        guard request.method == .options, isAllowed(request), request.headers["Access-Control-Request-Method"] != nil
        else { return nil }
        return HTTPResponse(
            status: .noContent,
            headers: [
                "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
                "Access-Control-Allow-Headers":
                    "Authorization, Content-Type, X-API-Key, X-Request-Id, X-Request-Timeout, traceparent",
                "Access-Control-Max-Age": "600",
            ])
    }

    /// Adds what lets an allowed page read the answer.
    func allowing(_ response: HTTPResponse, to request: HTTPRequest) -> HTTPResponse {
        var response = response
        // A cache must not give one site's answer to another.
        response.headers.append("Vary", "Origin")
        guard isAllowed(request), let origin = request.headers["Origin"] else { return response }
        response.headers.append("Access-Control-Allow-Origin", origin)
        response.headers.append("Access-Control-Expose-Headers", "Retry-After, Server-Timing, X-Request-Id")
        return response
    }

    private func isAllowed(_ request: HTTPRequest) -> Bool {
        let values = request.headers.values(of: "Origin")
        return values.count == 1 && origins.contains(values[0])
    }
}
