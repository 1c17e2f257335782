import Testing

@testable import Tracing

@Suite struct TracingConfigurationTests {
    private static func configuration(
        _ environment: [String: String], endpoint: String? = nil
    ) throws -> TracingConfiguration? {
        try TracingConfiguration(endpoint: endpoint, version: "1.2.3", environment: environment)
    }

    @Test("Without an address, or switched off, there is no tracing")
    func off() throws {
        #expect(try Self.configuration([:]) == nil)
        #expect(try Self.configuration(["OTEL_EXPORTER_OTLP_ENDPOINT": ""]) == nil)
        #expect(try Self.configuration(["OTEL_SDK_DISABLED": "true"], endpoint: "http://a") == nil)
        #expect(try Self.configuration(["OTEL_TRACES_EXPORTER": "none"], endpoint: "http://a") == nil)
    }

    @Test(
        "The option comes before the environment, and the variable for traces is the whole address",
        arguments: [
            ("http://a:1", "http://b", "http://c/x", "http://a:1/v1/traces"),
            (nil, "http://b/", "http://c/x", "http://c/x"), (nil, "http://b/", "", "http://b/v1/traces"),
            (nil, "https://b/otlp", "", "https://b/otlp/v1/traces"),
        ] as [(String?, String, String, String)])
    func endpoint(_ option: String?, _ all: String, _ traces: String, _ expected: String) throws {
        let environment = ["OTEL_EXPORTER_OTLP_ENDPOINT": all, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": traces]
        #expect(try Self.configuration(environment, endpoint: option)?.endpoint == expected)
    }

    @Test("Name, attributes, headers, time and share come from OpenTelemetry's variables")
    func variables() throws {
        let configuration = try #require(
            try Self.configuration(
                [
                    "OTEL_RESOURCE_ATTRIBUTES": "service.name=x, deployment.environment.name=test%20bed",
                    "OTEL_EXPORTER_OTLP_HEADERS": "api-key=a%3Db,x=", "OTEL_EXPORTER_OTLP_TIMEOUT": "250",
                    "OTEL_EXPORTER_OTLP_CERTIFICATE": "ca.pem", "OTEL_TRACES_SAMPLER": "traceidratio",
                    "OTEL_TRACES_SAMPLER_ARG": "0.5",
                ], endpoint: "http://a"))
        #expect(
            configuration.resource.map(\.key) == ["service.name", "service.version", "deployment.environment.name"])
        #expect(configuration.resource.map(\.value) == ["x", "1.2.3", "test bed"])
        #expect(configuration.headers.map(\.name) == ["api-key", "x"])
        #expect(configuration.headers.map(\.value) == ["a=b", ""])
        #expect(configuration.timeout == .milliseconds(250))
        #expect(configuration.authorityFile == "ca.pem")
        #expect(configuration.sampler == Sampler(ratio: 0.5, followsParent: false))
        let named = try Self.configuration(["OTEL_SERVICE_NAME": "masks"], endpoint: "http://a")
        #expect(named?.resource.first?.value == "masks")
    }

    @Test(
        "An address with a password is refused, as it would be logged, and not repeated",
        arguments: [
            "http://user:secret@collector:4318", "https://secret@collector/", "http://secret@collector?x",
            "user:secret@collector", "ftp://user:secret@collector", "http:///secret@collector",
        ])
    func password(_ address: String) throws {
        for environment in [[:], ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": address]] {
            let error = try #require(throws: TracingConfiguration.Invalid.self) {
                try Self.configuration(environment, endpoint: environment.isEmpty ? address : nil)
            }
            #expect(!error.description.contains("secret"))
        }
        // Elsewhere the sign means nothing.
        #expect(
            try Self.configuration([:], endpoint: "http://collector/@a")?.endpoint == "http://collector/@a/v1/traces")
    }

    @Test(
        "What can't be used is refused with its name",
        arguments: [
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4318"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://a"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http:///a"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://a b"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "0"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "soon"), ("OTEL_EXPORTER_OTLP_HEADERS", "a"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0ab"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=%zz"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a b=c"), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"),
            ("OTEL_TRACES_SAMPLER", "sometimes"), ("OTEL_RESOURCE_ATTRIBUTES", "=x"),
        ])
    func refused(_ name: String, _ value: String) throws {
        let endpoint = name == "OTEL_EXPORTER_OTLP_ENDPOINT" ? nil : "http://a"
        let error = try #require(throws: TracingConfiguration.Invalid.self) {
            try Self.configuration([name: value], endpoint: endpoint)
        }
        #expect(error.description.contains(endpoint == nil ? value : name))
    }
}
