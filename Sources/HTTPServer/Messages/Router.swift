/// Finds the handler for a request: exact path, then method.
///
/// A path that is unknown is answered 404, a method that the path has not 405 with `Allow`, OPTIONS 204 with `Allow`
/// (`OPTIONS *` speaks for all paths together), and HEAD by the path's GET.
public struct Router: Sendable {
    private struct Route {
        let statuses: Set<HTTPStatus>
        let handler: HTTPHandler
    }

    private var routes: [String: [HTTPMethod: Route]] = [:]

    /// A router without routes.
    public init() {}

    /// Adds a route; an earlier one of the same method and path is replaced.
    ///
    /// - Parameters:
    ///   - method: What it answers; of a path, each method has its own handler.
    ///   - path: Compared octet by octet, without the query.
    ///   - statuses: All that the handler can answer. Another one is a mistake in the program, which stops it where it is
    ///     built for debugging.
    ///   - handler: What answers.
    public mutating func on(
        _ method: HTTPMethod, _ path: String, answering statuses: Set<HTTPStatus> = [.ok],
        handler: @escaping HTTPHandler
    ) {
        routes[path, default: [:]][method] = Route(statuses: statuses, handler: handler)
    }

    /// What was added: what the handler of each method can answer, at each path.
    public var statusesByRoute: [String: [HTTPMethod: Set<HTTPStatus>]] {
        routes.mapValues { methods in methods.mapValues(\.statuses) }
    }

    /// Whether a route of any method has this path.
    public func knows(path: String) -> Bool { methods(at: path) != nil }

    /// The answer to a request; pass this as the server's handler.
    @Sendable public func reply(to request: HTTPRequest) -> HTTPReply {
        switch destination(of: request) {
        case .route(let route): Self.checked(route.handler(request), of: route, request)
        case .options(let methods): .now(options(allow: methods))
        case .nowhere(let problem): .now(problem.response)
        }
    }

    /// Why no route takes a request, as far as its head tells.
    public func refusal(of head: HTTPRequest) -> HTTPProblem? {
        if case .nowhere(let problem) = destination(of: head) { problem } else { nil }
    }

    private static func checked(_ reply: HTTPReply, of route: Route, _ request: HTTPRequest) -> HTTPReply {
        let check = { @Sendable (response: HTTPResponse) in
            assert(
                route.statuses.contains(response.status),
                "\(request.method.rawValue) \(request.path) does not say that it can answer \(response.status)")
            return response
        }
        switch reply {
        case .now(let response): return .now(check(response))
        case .later(let work): return .later { check(await work()) }
        }
    }

    private enum Destination {
        case route(Route)
        case options([HTTPMethod])
        case nowhere(HTTPProblem)
    }

    private func destination(of request: HTTPRequest) -> Destination {
        if request.path.utf8.elementsEqual("*".utf8) { return .options(routes.values.flatMap(\.keys)) }
        guard let methods = methods(at: request.path) else { return .nowhere(notFound(request)) }
        if let route = methods[request.method] { return .route(route) }
        switch request.method {
        case .head:
            if let get = methods[.get] { return .route(get) }
        case .options:
            return .options(Array(methods.keys))
        default:
            break
        }
        return .nowhere(notAllowed(request, allow: methods.keys))
    }

    /// Routes are ASCII; what is not is not worth hashing (see `split(atOctet:)`).
    private func methods(at path: String) -> [HTTPMethod: Route]? {
        path.utf8.allSatisfy { $0 < 0x80 } ? routes[path] : nil
    }

    private func options(allow methods: some Sequence<HTTPMethod>) -> HTTPResponse {
        HTTPResponse(status: .noContent, headers: ["Allow": Self.allowField(methods)])
    }

    private func notFound(_ request: HTTPRequest) -> HTTPProblem {
        HTTPProblem(
            status: .notFound, code: "not_found",
            detail: "There is nothing at this path. Check its spelling.", instance: request.path)
    }

    /// RFC 9110 §15.5.6: a 405 must say which methods are allowed.
    private func notAllowed(_ request: HTTPRequest, allow methods: some Sequence<HTTPMethod>) -> HTTPProblem {
        let allow = Self.allowField(methods)
        return HTTPProblem(
            status: .methodNotAllowed, code: "method_not_allowed",
            detail: "\(request.method.rawValue) is not possible here. Use one of: \(allow).", instance: request.path,
            headers: ["Allow": allow])
    }

    private static func allowField(_ methods: some Sequence<HTTPMethod>) -> String {
        var allowed = Set(methods)
        allowed.insert(.options)
        if allowed.contains(.get) { allowed.insert(.head) }
        return HTTPMethod.allCases.filter(allowed.contains).map(\.rawValue).joined(separator: ", ")
    }
}
