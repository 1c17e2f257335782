import Foundation
import TestCollector
import Testing

@Suite struct TracingServeTests {
    @Test("serve sends spans to the collector, the last of them when it ends") func spans() async throws {
        let collector = TestCollector()
        try await collector.run { address in
            let server = try await RunningServer(
                environment: ["OTEL_SERVICE_NAME": "masks", "CLIPSEG_OTLP_ENDPOINT": address],
                arguments: ["--port", "0"], logFormat: "json")
            _ = try await server.segment(try Data(contentsOf: URL(fileURLWithPath: Program.scene)))
            server.process.terminate()
            #expect(await server.exitStatus() == 0)
            let spans = try collector.spans()
            let request = try #require(spans.first { $0.name == "POST /v1/segment" })
            #expect(spans.contains { $0.name == "encode" && $0.parentSpanId == request.spanId })
            #expect(try collector.resource()["service.name"] == "masks")
            // The log names the trace, which began here.
            #expect(try server.log().contains(request.traceId))
        }
    }

    @Test("An address that is none is a usage error") func usage() async throws {
        let outcome = try await Program.run("serve", "--port", "0", "--otlp-endpoint", "localhost:4318")
        #expect(outcome.status == 64 && outcome.errors.contains("http://localhost:4318"))
    }

    @Test(
        "A password in the address is refused, and repeated nowhere",
        arguments: ["http://user:secret@localhost:4318", "user:secret@localhost"])
    func password(_ address: String) async throws {
        let outcome = try await Program.run(
            "serve", "--port", "0", environment: ["CLIPSEG_OTLP_ENDPOINT": address])
        #expect(outcome.status == 64 && outcome.errors.contains("CLIPSEG_OTLP_ENDPOINT=…"))
        #expect(!outcome.errors.contains("secret"))
    }
}
