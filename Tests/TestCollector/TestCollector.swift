internal import Foundation
public import HTTPServer
internal import Synchronization

/// An OpenTelemetry collector on this machine. It keeps what it takes, and can be told to misbehave.
public final class TestCollector: Sendable {
    /// A span as OTLP's JSON has it, as far as tests look.
    public struct Span: Decodable, Sendable {
        public struct Attribute: Decodable, Sendable {
            public struct Value: Decodable, Sendable {
                public let stringValue: String?
                public let intValue: String?
            }

            public let key: String
            public let value: Value
        }

        public struct Status: Decodable, Sendable {
            public let code: Int
        }

        public let traceId: String
        public let spanId: String
        public let parentSpanId: String?
        public let name: String
        public let kind: Int
        public let startTimeUnixNano: String
        public let endTimeUnixNano: String
        public let attributes: [Attribute]
        public let status: Status?

        public var start: UInt64 { UInt64(startTimeUnixNano) ?? 0 }
        public var end: UInt64 { UInt64(endTimeUnixNano) ?? 0 }

        /// The value of an attribute, whatever its type.
        public subscript(key: String) -> String? {
            attributes.first { $0.key == key }.flatMap { $0.value.stringValue ?? $0.value.intValue }
        }
    }

    private struct Document: Decodable {
        struct ResourceSpans: Decodable {
            struct Resource: Decodable {
                let attributes: [Span.Attribute]
            }

            struct ScopeSpans: Decodable {
                let spans: [Span]
            }

            let resource: Resource
            let scopeSpans: [ScopeSpans]
        }

        let resourceSpans: [ResourceSpans]
    }

    /// Stands for the answer to a request, counted from 0; nil takes the spans.
    public typealias Misbehaviour = @Sendable (Int) -> HTTPReply?

    private struct State {
        var requests: [HTTPRequest] = []
        var taken: [HTTPRequest] = []
    }

    private let misbehaviour: Misbehaviour
    private let state = Mutex(State())

    public init(misbehaviour: @escaping Misbehaviour = { _ in nil }) {
        self.misbehaviour = misbehaviour
    }

    /// The requests so far.
    public var requests: [HTTPRequest] { state.withLock { $0.requests } }

    /// The spans of those requests that were answered as they should be.
    public func spans() throws -> [Span] { try documents().flatMap(\.scopeSpans).flatMap(\.spans) }

    /// What the service says of itself.
    public func resource() throws -> [String: String] {
        try documents().flatMap(\.resource.attributes).reduce(into: [:]) { $0[$1.key] = $1.value.stringValue }
    }

    private func documents() throws -> [Document.ResourceSpans] {
        try state.withLock { $0.taken }.flatMap { request in
            try JSONDecoder().decode(Document.self, from: Data(request.body)).resourceSpans
        }
    }

    @Sendable private func reply(_ request: HTTPRequest) -> HTTPReply {
        let number = state.withLock { state in
            state.requests.append(request)
            return state.requests.count - 1
        }
        if let reply = misbehaviour(number) { return reply }
        state.withLock { $0.taken.append(request) }
        return .now(HTTPResponse(text: "{}", contentType: "application/json"))
    }

    /// Runs while `body` does, which is given its address.
    public func run<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let server = HTTPServer(configuration: HTTPServerConfiguration(port: 0), handler: reply)
        let address = try server.start()
        let result: Result
        do {
            result = try await body("http://127.0.0.1:\(address.port)")
        } catch {
            await server.shutdown(within: .seconds(1))
            throw error
        }
        await server.shutdown(within: .seconds(1))
        return result
    }
}
