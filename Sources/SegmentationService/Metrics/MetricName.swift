/// Makes names that Prometheus accepts, with the suffixes that its conventions ask for.
/// https://prometheus.io/docs/practices/naming
enum MetricName {
    /// A counter's name, which ends in `_total`.
    static func counter(_ label: String) -> String {
        ending(in: "_total", plain(label))
    }

    /// A timer's name, which ends in the base unit of time.
    static func timer(_ label: String) -> String {
        ending(in: "_seconds", plain(label))
    }

    /// Any other metric's name.
    static func plain(_ label: String) -> String {
        sanitized(label, allowingColons: true)
    }

    /// A label's name, kept out of those that Prometheus reserves for itself.
    static func label(_ name: String) -> String {
        var name = sanitized(name, allowingColons: false)
        while name.hasPrefix("__") { name.removeFirst() }
        // The prefix is Prometheus' own way out when labels clash.
        return name == "le" || name == "quantile" ? "exported_" + name : name
    }

    private static func ending(in suffix: String, _ name: String) -> String {
        name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Replaces whatever is not an ASCII letter, digit or underscore (or colon, where allowed) by an underscore.
    private static func sanitized(_ raw: String, allowingColons: Bool) -> String {
        var name = String.UnicodeScalarView()
        for scalar in raw.unicodeScalars {
            switch scalar {
            case "a"..."z", "A"..."Z", "_": name.append(scalar)
            case "0"..."9":
                if name.isEmpty { name.append("_") }
                name.append(scalar)
            case ":" where allowingColons: name.append(scalar)
            default: name.append("_")
            }
        }
        return name.isEmpty ? "_" : String(name)
    }
}
