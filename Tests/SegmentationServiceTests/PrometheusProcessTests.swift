import Foundation
import Testing

@testable import SegmentationService

@Suite("Prometheus process metrics")
struct PrometheusProcessTests {
    private func value(_ name: String, in page: String) throws -> Double {
        let line = try #require(page.split(separator: "\n").first { $0.hasPrefix(name + " ") })
        return try #require(Double(line.dropFirst(name.count + 1)))
    }

    @Test("the metrics are those of this process")
    func plausible() throws {
        let registry = PrometheusRegistry()
        ProcessMetrics.register(in: registry)
        let page = registry.exposition()
        let resident = try value("process_resident_memory_bytes", in: page)
        #expect(resident > 1_000_000)
        #expect(try value("process_virtual_memory_bytes", in: page) >= resident)
        #expect(try value("process_cpu_seconds_total", in: page) >= 0)
        let descriptors = try value("process_open_fds", in: page)
        #expect(descriptors >= 1)
        #expect(try value("process_max_fds", in: page) >= descriptors)
        let age = try Date().timeIntervalSince1970 - value("process_start_time_seconds", in: page)
        #expect((-5...86_400).contains(age))
    }

    @Test("a program's name may hold blanks and parentheses")
    func status() throws {
        let fields = (3...52).map { String($0) }.joined(separator: " ")
        let status = try #require(
            ProcessStatus(parsing: "1 (a) b (c) \(fields)\n", ticksPerSecond: 100, pageBytes: 4_096))
        #expect(status.cpuSeconds == 0.29)
        #expect(status.startSecondsSinceBoot == 0.22)
        #expect(status.virtualMemoryBytes == 23)
        #expect(status.residentMemoryBytes == 24 * 4_096)
    }

    @Test("what is no status is refused", arguments: ["", "1 (name", "1 (name) S 1 2", "1 (name)"])
    func malformedStatus(text: String) {
        #expect(ProcessStatus(parsing: text, ticksPerSecond: 100, pageBytes: 4_096) == nil)
    }
}
