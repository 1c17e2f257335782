import Tracing

@testable import HTTPServer
@testable import SegmentationService

extension FuzzTarget {
    /// The value of a header field that the service reads: `traceparent`, `Authorization`, `X-API-Key`, `X-Request-Timeout` or
    /// `Accept`.
    static let headerValues = FuzzTarget(maxLength: 512) { bytes in
        guard bytes.allSatisfy(\.isFieldContent) else { return }
        let value = bytes.span.latin1Text
        requireTrace(value)
        requireKey(bytes)
        guard let request = request(["X-Request-Timeout": value, "Accept": "application/json, " + value]) else {
            return
        }
        requireDeadline(request)
        require(AcceptHeader(request).allows("application/json"), "what is named is accepted")
    }

    private static func request(_ headers: HTTPHeaders) -> HTTPRequest? {
        try? HTTPRequest(method: .get, target: "/v1/model", headers: headers)
    }

    private static func requireTrace(_ value: String) {
        guard let trace = TraceContext(traceparent: [value]), let parent = trace.parentID else { return }
        require(value.dropFirst(2).hasPrefix("-\(trace.traceID)-\(parent)-"), "the trace that was sent")
        let sampled = trace.isSampled == true ? "01" : "00"
        let again = TraceContext(traceparent: ["00-\(trace.traceID)-\(parent)-\(sampled)"])
        require(again == trace, "the same in version 00")
    }

    private static func requireKey(_ bytes: [UInt8]) {
        let key = Array("0123456789abcdef".utf8)
        guard let keys = try? APIKeyStore(read: { Array("alice:".utf8) + key }) else { return }
        require((keys.name(of: bytes) != nil) == (bytes == key), "no key but the right one")
        var rules = AccessRules()
        rules.keys = keys
        guard let request = request(["Authorization": bytes.span.latin1Text]),
            case .admitted = rules.verdict(on: request)
        else { return }
        let rest = bytes.dropFirst(7).filter { $0 != UInt8(ascii: " ") }
        require(rest == key, "the right key, as a bearer's")
    }

    private static func requireDeadline(_ request: HTTPRequest) {
        guard let deadline = try? RequestTimeout.deadline(of: request, atMost: .seconds(30)) else { return }
        require(deadline <= request.receivedAt + .seconds(30), "no later than the service's own")
    }
}
