import ArgumentParser
import Foundation
import Logging
import Segmentation
import Tracing

/// Whether `serve` tells a collector what requests spent their time on.
struct TracingOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Send spans of requests and their stages to this OpenTelemetry collector, http://localhost:4318 for instance; off \
            if not given, nor OTEL_EXPORTER_OTLP_ENDPOINT.
            """, valueName: "url"))
    var otlpEndpoint: String?

    @Option(help: "Seconds that sending the last spans may take at the end.")
    var otlpShutdownTimeout: Double = 5

    func validate() throws {
        try OptionRange.require(otlpShutdownTimeout, in: 0...OptionRange.day, "--otlp-shutdown-timeout")
        _ = try configuration()
    }

    /// - Returns: nil unless there is somebody to tell.
    func exporter(_ logger: Logger) throws -> SpanExporter? {
        guard let configuration = try configuration() else { return nil }
        logger.info("tracing", metadata: ["collector": "\(configuration.endpoint)"])
        return SpanExporter(configuration, logger: logger)
    }

    private func configuration() throws -> TracingConfiguration? {
        do {
            return try TracingConfiguration(
                endpoint: otlpEndpoint, version: clipsegVersion, environment: ProcessInfo.processInfo.environment)
        } catch {
            throw ValidationError(error.description)
        }
    }
}
