/// Where spans go, and as whose: what OpenTelemetry reads from the environment, under the same names.
public struct TracingConfiguration: Sendable {
    /// What can't be used of the environment or an option.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        /// What is wrong, and what to do about it.
        public let description: String

        init(description: String) {
            self.description = description
        }
    }

    /// Spans are posted to this URL.
    public var endpoint: String
    /// Sent along with them: a key for the collector, for instance.
    public var headers: [(name: String, value: String)] = []
    /// What the service is called, and more about it.
    public var resource: [(key: String, value: String)]
    /// Which traces are exported.
    public var sampler = Sampler.standard
    /// Certificates of authorities, PEM; the system's if nil.
    public var authorityFile: String?
    /// How long an attempt may take.
    public var timeout: Duration = .seconds(10)
    /// How long to wait before each further attempt; the collector may ask for longer.
    public var retryDelays: [Duration] = [.seconds(1), .seconds(2), .seconds(4)]
    /// The most spans that wait.
    public var maxQueue = 4096
    /// The most spans sent at once; as soon as so many wait, they are.
    public var maxBatch = 512
    /// How long fewer wait for others.
    public var delay: Duration = .seconds(2)

    /// - Parameter endpoint: The URL that spans are posted to.
    public init(endpoint: String, serviceName: String = "clipseg") {
        self.endpoint = endpoint
        resource = [("service.name", serviceName)]
    }

    /// - Parameters:
    ///   - endpoint: A collector's address, to which `/v1/traces` is added; the environment's if nil.
    ///   - version: That of the service.
    ///   - environment: `OTEL_EXPORTER_OTLP_ENDPOINT`, `…_HEADERS`, `…_TIMEOUT`, `…_CERTIFICATE`, the same after
    ///     `OTEL_EXPORTER_OTLP_TRACES_`, which come first, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`,
    ///     `OTEL_TRACES_SAMPLER`, `OTEL_TRACES_SAMPLER_ARG`, `OTEL_TRACES_EXPORTER=none` and `OTEL_SDK_DISABLED`. What is
    ///     empty counts as not set.
    /// - Returns: nil if there is no endpoint, or tracing is switched off.
    public init?(endpoint: String?, version: String, environment: [String: String]) throws(Invalid) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        func exporter(_ name: String) -> String? {
            value("OTEL_EXPORTER_OTLP_TRACES_" + name) ?? value("OTEL_EXPORTER_OTLP_" + name)
        }
        guard value("OTEL_SDK_DISABLED")?.lowercased() != "true", value("OTEL_TRACES_EXPORTER") != "none" else {
            return nil
        }
        let whole = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
        guard let address = endpoint ?? whole ?? value("OTEL_EXPORTER_OTLP_ENDPOINT") else { return nil }
        // Only the variable for traces alone is the whole address.
        self.endpoint = try Self.url(address, isWhole: endpoint == nil && whole != nil)
        let attributes = try Self.pairs(value("OTEL_RESOURCE_ATTRIBUTES") ?? "", "OTEL_RESOURCE_ATTRIBUTES")
        let named = attributes.first { $0.name == "service.name" }?.value
        resource = [
            ("service.name", value("OTEL_SERVICE_NAME") ?? named ?? "clipseg"), ("service.version", version),
        ]
        let taken = ["service.name", "service.version"]
        resource += attributes.filter { !taken.contains($0.name) }.map { (key: $0.name, value: $0.value) }
        headers = try Self.pairs(exporter("HEADERS") ?? "", "OTEL_EXPORTER_OTLP_HEADERS")
        authorityFile = exporter("CERTIFICATE") ?? value("SSL_CERT_FILE")
        if let text = exporter("TIMEOUT") {
            guard let milliseconds = Int(text), (1...600_000).contains(milliseconds) else {
                throw Invalid(
                    description: "OTEL_EXPORTER_OTLP_TIMEOUT is “\(text)”: give milliseconds, 10000 for instance")
            }
            timeout = .milliseconds(milliseconds)
        }
        if let name = value("OTEL_TRACES_SAMPLER") {
            guard let sampler = Sampler(name: name, argument: value("OTEL_TRACES_SAMPLER_ARG")) else {
                throw Invalid(
                    description:
                        "OTEL_TRACES_SAMPLER is “\(name)”: always_on, always_off, traceidratio (with a number from 0 "
                        + "to 1 in OTEL_TRACES_SAMPLER_ARG) are possible, also after parentbased_")
            }
            self.sampler = sampler
        }
        if let name = exporter("PROTOCOL"), name != "http/json" {
            throw Invalid(description: "OTEL_EXPORTER_OTLP_PROTOCOL is “\(name)”: only http/json is possible")
        }
    }

    private static func url(_ text: String, isWhole: Bool) throws(Invalid) -> String {
        let mayHoldPassword = text.utf8.contains(UInt8(ascii: "@"))
        let rest = ["http://", "https://"].lazy.filter { text.hasPrefix($0) }.map { text.dropFirst($0.count) }.first
        guard let rest, let first = rest.first, first != "/", text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            let address = mayHoldPassword ? "no URL" : "“\(text)”"
            throw Invalid(
                description: "the collector's address is \(address): give a URL, http://localhost:4318 for instance")
        }
        // The address is logged.
        guard !rest.prefix(while: { !"/?#".contains($0) }).utf8.contains(UInt8(ascii: "@")) else {
            throw Invalid(
                description: "the collector's address holds a user's name or password: leave them out, and give the "
                    + "collector's key in OTEL_EXPORTER_OTLP_HEADERS, authorization=Basic%20… for instance")
        }
        guard !isWhole else { return text }
        return (text.hasSuffix("/") ? String(text.dropLast()) : text) + "/v1/traces"
    }

    /// `key=value,key=value`, percent-encoded, as W3C Baggage has it.
    private static func pairs(
        _ text: String, _ variable: String
    ) throws(Invalid) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        for part in text.split(separator: ",") {
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = trimmed(halves[0])
            guard halves.count == 2, let value = decoded(trimmed(halves[1])), isName(name) else {
                throw Invalid(description: "\(variable) is not of the form key=value,key=value")
            }
            pairs.append((String(name), value))
        }
        return pairs
    }

    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text
    }

    /// - Returns: nil for what can't be part of a header.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
