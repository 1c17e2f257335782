import CoreMetrics
import Foundation
import HTTPServer
import Segmentation
import Testing

@testable import SegmentationService

/// Where Debian's package `prometheus` has it, or where `make promtool` puts it.
private let promtool = [
    "/usr/bin/promtool", ServiceFixture.root.appendingPathComponent(".build-promtool/usr/bin/promtool").path,
].first { FileManager.default.isExecutableFile(atPath: $0) }

@Suite("promtool", .enabled(if: promtool != nil))
struct PrometheusPromtoolTests {
    @Test("promtool check metrics has nothing to say about a page with every type of metric")
    func check() throws {
        let registry = PrometheusRegistry(maximumSeriesPerMetric: 3)
        ProcessMetrics.register(in: registry)
        registry.describe(counter: "clipseg_http_requests_total", help: "Requests \\ answered\nso far.")
        registry.describe(histogram: "clipseg_request_duration_seconds", help: "Time to answer.")
        registry.describe(gauge: "clipseg_workers", help: "Workers.")
        for path in ["/", "\"quoted\"", "back\\slash", "line\r\nfeed"] {
            let dimensions = [("path", path), ("le", "x"), ("größe", "ü")]
            Counter(label: "clipseg.http.requests", dimensions: dimensions, factory: registry).increment()
            Timer(label: "clipseg_request_duration", dimensions: dimensions, factory: registry).recordMilliseconds(3)
        }
        for value in [0.1, 1e-9, 1e20, .nan, .infinity, -.infinity] {
            Gauge(label: "clipseg_workers", factory: registry).record(value)
            #expect(try complaints(about: registry.exposition()) == "")
        }
    }

    @Test("promtool check metrics has nothing to say about the service's own page, before and after it was used")
    func service() async throws {
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        #expect(try await complaints(about: service.get("/metrics").text) == "")
        service.becomeReady(ModelPool(try #require(ServiceFixture.pool).model))
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        #expect(try await service.post(form).status == .ok)
        #expect(try await service.post(Form()).status == .badRequest)
        #expect(try await service.get("/nothing").status == .notFound)
        #expect(try await complaints(about: service.get("/metrics").text) == "")
    }

    private func complaints(about page: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(promtool))
        process.arguments = ["check", "metrics"]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(page.utf8))
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: answer, as: UTF8.self) + (process.terminationStatus == 0 ? "" : "failed")
    }
}
