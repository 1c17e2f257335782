import Foundation

/// Spans as OTLP/HTTP posts them, in its JSON encoding.
///
/// Source: opentelemetry-proto, `docs/specification.md` and `trace/v1/trace.proto`. Identifiers are hexadecimal, 64-bit
/// numbers are text.
enum OTLPDocument {
    static func json(_ spans: [Span], resource: [(key: String, value: String)]) throws -> [UInt8] {
        let attributes = resource.map { Attribute(key: $0.key, value: .text($0.value)) }
        let scope = ScopeSpans(scope: Scope(name: "clipseg"), spans: spans.map(EncodedSpan.init))
        let document = Document(
            resourceSpans: [ResourceSpans(resource: Resource(attributes: attributes), scopeSpans: [scope])])
        return [UInt8](try JSONEncoder().encode(document))
    }

    private struct Document: Encodable {
        let resourceSpans: [ResourceSpans]
    }

    private struct ResourceSpans: Encodable {
        let resource: Resource
        let scopeSpans: [ScopeSpans]
    }

    private struct Resource: Encodable {
        let attributes: [Attribute]
    }

    private struct ScopeSpans: Encodable {
        let scope: Scope
        let spans: [EncodedSpan]
    }

    private struct Scope: Encodable {
        let name: String
    }

    private struct EncodedSpan: Encodable {
        struct Status: Encodable {
            let code = 2
        }

        let traceId: String
        let spanId: String
        let parentSpanId: String?
        let name: String
        let kind: Int
        let startTimeUnixNano: String
        let endTimeUnixNano: String
        let attributes: [Attribute]
        /// Only errors have one.
        let status: Status?

        init(_ span: Span) {
            traceId = span.traceID
            spanId = span.id
            parentSpanId = span.parentID
            name = span.name
            kind = span.kind.rawValue
            startTimeUnixNano = "\(span.start)"
            endTimeUnixNano = "\(span.start &+ UInt64(max(0, span.duration / .nanoseconds(1))))"
            attributes = span.attributes.map { Attribute(key: $0.key, value: $0.value) }
            status = span.hasFailed ? Status() : nil
        }
    }

    private struct Attribute: Encodable {
        let key: String
        let value: Span.Value
    }
}

extension Span.Value: Encodable {
    private enum CodingKeys: String, CodingKey {
        case stringValue, intValue
    }

    /// OTLP's `AnyValue`.
    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .text(let text): try fields.encode(text, forKey: .stringValue)
        case .integer(let integer): try fields.encode("\(integer)", forKey: .intValue)
        }
    }
}
