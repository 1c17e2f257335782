internal import Glibc

/// What Prometheus' client libraries export about their process, under the names they agreed on.
/// https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
public enum ProcessMetrics {
    /// Adds the metrics to a registry. They are read from `/proc/self` at each scrape; what can't be read is left out.
    public static func register(in registry: PrometheusRegistry) {
        registry.counter(
            "process_cpu_seconds_total", help: "Total user and system CPU time spent in seconds."
        ) { ProcessStatus.current()?.cpuSeconds }
        registry.gauge(
            "process_virtual_memory_bytes", help: "Virtual memory size in bytes."
        ) { ProcessStatus.current()?.virtualMemoryBytes }
        registry.gauge(
            "process_resident_memory_bytes", help: "Resident memory size in bytes."
        ) { ProcessStatus.current()?.residentMemoryBytes }
        registry.gauge("process_open_fds", help: "Number of open file descriptors.") { openDescriptors() }
        registry.gauge("process_max_fds", help: "Maximum number of open file descriptors.") { maximumDescriptors() }

        let startTime = startSecondsSinceEpoch()
        registry.gauge(
            "process_start_time_seconds", help: "Start time of the process since unix epoch in seconds."
        ) { startTime }
    }

    private static func startSecondsSinceEpoch() -> Double? {
        guard let status = ProcessStatus.current(), let boot = ProcFile.read("/proc/stat") else { return nil }
        for line in boot.split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst("btime ".count)).map { $0 + status.startSecondsSinceBoot }
        }
        return nil
    }

    private static func openDescriptors() -> Double? {
        guard let directory = opendir("/proc/self/fd") else { return nil }
        defer { closedir(directory) }
        var entries = 0
        while readdir(directory) != nil { entries += 1 }
        // Not those of the process: ".", ".." and the descriptor that reads the directory.
        return Double(entries - 3)
    }

    private static func maximumDescriptors() -> Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return limit.rlim_cur == rlim_t.max ? .infinity : Double(limit.rlim_cur)
    }
}
