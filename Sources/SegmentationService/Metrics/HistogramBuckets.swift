/// Upper bounds of a histogram's buckets, each inclusive. The bucket for everything above is implied.
public struct HistogramBuckets: Sendable, Equatable, ExpressibleByArrayLiteral {
    /// Finite and ascending.
    public let bounds: [Double]

    /// - Parameter bounds: in any order; repeated and non-finite ones are left out.
    public init(_ bounds: some Sequence<Double>) {
        self.bounds = Set(bounds).filter(\.isFinite).sorted()
    }

    /// Written out: `[0.1, 0.5, 1]`.
    public init(arrayLiteral bounds: Double...) {
        self.init(bounds)
    }

    /// 5 ms to 10 s, the default of Prometheus' own client libraries, for durations in seconds.
    public static let latency: HistogramBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

    /// `count` bounds from `start` up, each `factor` times the one before: what suits sizes.
    public static func exponential(start: Double, factor: Double, count: Int) -> HistogramBuckets {
        HistogramBuckets(sequence(first: start) { $0 * factor }.prefix(count))
    }
}
