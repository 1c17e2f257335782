/// Which traces are exported: what OpenTelemetry's `OTEL_TRACES_SAMPLER` chooses.
public struct Sampler: Sendable, Equatable {
    /// The share of traces that begin here, from 0 to 1.
    private let ratio: Double
    /// Whether the caller's choice counts where there is one.
    private let followsParent: Bool

    /// All that the caller keeps, and all that begin here.
    public static let standard = Sampler(ratio: 1, followsParent: true)

    init(ratio: Double, followsParent: Bool) {
        self.ratio = ratio
        self.followsParent = followsParent
    }

    /// - Parameters:
    ///   - name: `always_on`, `always_off` or `traceidratio`, or one of them after `parentbased_`.
    ///   - argument: The ratio; 1 if nil.
    /// - Returns: nil for anything else.
    init?(name: String, argument: String?) {
        let prefix = "parentbased_"
        followsParent = name.hasPrefix(prefix)
        switch followsParent ? String(name.dropFirst(prefix.count)) : name {
        case "always_on": ratio = 1
        case "always_off": ratio = 0
        case "traceidratio":
            guard let argument else {
                ratio = 1
                return
            }
            guard let number = Double(argument), (0...1).contains(number) else { return nil }
            ratio = number
        default: return nil
        }
    }

    /// Whether a trace is exported. All services with the same ratio choose the same traces.
    public func keeps(_ trace: TraceContext) -> Bool {
        if followsParent, let isSampled = trace.isSampled { return isSampled }
        guard ratio < 1 else { return true }
        // The last 56 bits are random, W3C Trace Context says (level 2, §2.3).
        guard let random = UInt64(trace.traceID.suffix(14), radix: 16) else { return false }
        return Double(random) < ratio * 0x1p56
    }
}
