/// The labels of a series, in the form in which they are exported: `code="200",method="GET"`.
///
/// The text is also what identifies the series: two lists of dimensions that would be exported alike are one series.
struct LabelSet: Sendable, Hashable, Comparable {
    /// Sorted by name, without the braces; empty without labels.
    let text: String

    /// - Parameter dimensions: in any order. The last one of a name counts, and an empty value is left out, as to
    ///   Prometheus it is the same as no label.
    init(_ dimensions: [(String, String)] = []) {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            values[MetricName.label(name)] = value
        }
        text = values.filter { !$0.value.isEmpty }
            .sorted { $0.key < $1.key }
            .map { name, value in "\(name)=\"\(value.escapedForPrometheus(quotes: true))\"" }
            .joined(separator: ",")
    }

    private init(text: String) {
        self.text = text
    }

    /// These labels and the `le` of a histogram's bucket.
    func adding(upperBound: Double) -> LabelSet {
        LabelSet(text: "\(text)\(text.isEmpty ? "" : ",")le=\"\(upperBound.prometheusText)\"")
    }

    static func < (left: LabelSet, right: LabelSet) -> Bool {
        left.text < right.text
    }
}
