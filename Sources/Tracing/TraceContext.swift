/// The trace that a request belongs to: the `traceparent` header of W3C Trace Context (§3.2).
public struct TraceContext: Sendable, Equatable {
    /// The trace, 32 hexadecimal digits.
    public let traceID: String
    /// What the caller was doing when it asked, 16 hexadecimal digits; nil at the beginning of a trace.
    public let parentID: String?
    /// Whether the caller keeps the trace; nil at its beginning.
    public let isSampled: Bool?

    /// Version 00 has 55; later ones may have more.
    private static let maxBytes = 256

    /// What a caller says.
    ///
    /// - Parameter values: Those of all `traceparent` headers.
    /// - Returns: nil unless there is exactly one, and it is valid.
    public init?(traceparent values: [String]) {
        guard values.count == 1, let value = values.first, value.utf8.count <= Self.maxBytes,
            value.utf8.allSatisfy({ $0 < 0x80 })
        else { return nil }
        let fields = value.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, Self.isHex(fields[0], 2), Self.isHex(fields[1], 32), Self.isHex(fields[2], 16),
            Self.isHex(fields[3], 2), let flags = UInt8(fields[3], radix: 16)
        else { return nil }
        // Version ff is forbidden, version 00 has four fields, and later ones may have more.
        guard fields[0] != "ff", fields[0] != "00" || fields.count == 4 else { return nil }
        // Identifiers of zeros alone are invalid.
        guard fields[1].utf8.contains(where: { $0 != UInt8(ascii: "0") }),
            fields[2].utf8.contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        traceID = String(fields[1])
        parentID = String(fields[2])
        isSampled = flags & 1 == 1
    }

    /// A trace that begins here.
    public init() {
        traceID = SpanIdentifier.random() + SpanIdentifier.random()
        parentID = nil
        isSampled = nil
    }

    /// Lower case only.
    private static func isHex(_ text: Substring, _ count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
