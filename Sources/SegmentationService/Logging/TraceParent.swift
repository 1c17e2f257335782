/// The `traceparent` header of W3C Trace Context (§3.2): which trace a request belongs to.
enum TraceParent {
    /// - Returns: the trace's identifier; nil unless there is exactly one header and it is valid.
    static func traceID(in values: [String]) -> String? {
        guard values.count == 1, let value = values.first, value.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        let fields = value.split(separator: "-", omittingEmptySubsequences: false)
        guard fields.count >= 4, isHex(fields[0], 2), isHex(fields[1], 32), isHex(fields[2], 16), isHex(fields[3], 2)
        else { return nil }
        // Version ff is forbidden, version 00 has four fields, and later ones may have more.
        guard fields[0] != "ff", fields[0] != "00" || fields.count == 4 else { return nil }
        // Identifiers of zeros alone are invalid.
        guard fields[1].utf8.contains(where: { $0 != UInt8(ascii: "0") }),
            fields[2].utf8.contains(where: { $0 != UInt8(ascii: "0") })
        else { return nil }
        return String(fields[1])
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
