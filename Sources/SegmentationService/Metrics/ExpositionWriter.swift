/// Writes lines of Prometheus' text format 0.0.4.
/// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
struct ExpositionWriter {
    private(set) var text = ""

    /// Introduces a metric; the line for a help text that nobody gave is left out.
    mutating func header(name: String, type: String, help: String?) {
        if let help {
            text += "# HELP \(name) \(help.escapedForPrometheus(quotes: false))\n"
        }
        text += "# TYPE \(name) \(type)\n"
    }

    mutating func sample(name: String, labels: LabelSet, value: Double) {
        text += name
        if !labels.text.isEmpty {
            text += "{\(labels.text)}"
        }
        text += " \(value.prometheusText)\n"
    }

    mutating func append(_ other: ExpositionWriter) {
        text += other.text
    }
}

extension String {
    /// With backslashes and line feeds escaped, and double quotes where the text stands between them.
    func escapedForPrometheus(quotes: Bool) -> String {
        var escaped = String.UnicodeScalarView()
        // By scalar: to Swift, a carriage return and a line feed are one character.
        for scalar in unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: #"\\"#.unicodeScalars)
            case "\n": escaped.append(contentsOf: #"\n"#.unicodeScalars)
            case "\"" where quotes: escaped.append(contentsOf: #"\""#.unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}

extension Double {
    /// Whole numbers without a point, and the spellings that Prometheus has for what is not finite.
    var prometheusText: String {
        switch self {
        case .infinity: "+Inf"
        case -.infinity: "-Inf"
        case _ where isNaN: "NaN"
        case _ where magnitude < 1e15 && self == rounded(): String(Int64(self))
        default: description
        }
    }
}
