import Foundation
import Testing

/// The README and the operations guide leave out nothing that `serve` has.
@Suite struct DocumentationTests {
    private static func document(_ path: String) throws -> String {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: top.appendingPathComponent(path), encoding: .utf8)
    }

    @Test("Each option of serve has a row in the README with its twin, and a place in the operations guide")
    func options() async throws {
        let options = Set(try await CommandHelp.arguments(of: "serve").compactMap { $0.names?.last?.name })
            .subtracting(["help", "version"])
        let rows = try Self.document("README.md").matches(
            of: /(?m)^\| `--(?<option>[a-z-]+)` \| `(?<twin>CLIPSEG_\w+)` \|/)
        #expect(Set(rows.map { String($0.output.option) }) == options)
        for row in rows {
            #expect(row.output.twin == "CLIPSEG_" + row.output.option.uppercased().replacing("-", with: "_"))
        }
        let guide = try Self.document("Documentation/operations.md")
        for option in options { #expect(guide.contains("`--\(option)`"), "\(option)") }
    }

    @Test("Each metric is named by the README and explained by the operations guide")
    func metrics() async throws {
        // Nobody listens there: the metrics of traces are there all the same.
        let server = try await RunningServer(
            environment: ["CLIPSEG_PORT": "0", "CLIPSEG_OTLP_ENDPOINT": "http://127.0.0.1:1"],
            arguments: ["--otlp-shutdown-timeout", "0"])
        // Some are there only once there was a request, answered or refused.
        _ = try await server.segment(try Data(contentsOf: URL(fileURLWithPath: Program.scene)))
        let page = String(decoding: try await server.get("/metrics").body, as: UTF8.self)
        let metrics = page.matches(of: /(?m)^# TYPE (\w+)/).map { String($0.output.1) }
        #expect(metrics.count > 28)
        let readme = try Self.document("README.md")
        let guide = try Self.document("Documentation/operations.md")
        for metric in metrics {
            #expect(readme.contains("`\(metric)`") || metric.hasPrefix("process_"), "\(metric)")
            #expect(guide.contains("`\(metric)`"), "\(metric)")
        }
        server.process.terminate()
        #expect(await server.exitStatus() == 0)
    }
}
