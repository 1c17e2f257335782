/// Makes up identifiers of spans.
public enum SpanIdentifier {
    /// 16 hexadecimal digits, not all of them 0.
    public static func random() -> String {
        let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}
