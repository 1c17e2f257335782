internal import Glibc

/// The few figures of `/proc/<pid>/stat` that are exported (proc(5)).
struct ProcessStatus: Equatable {
    let cpuSeconds: Double
    let startSecondsSinceBoot: Double
    let virtualMemoryBytes: Double
    let residentMemoryBytes: Double

    static func current() -> ProcessStatus? {
        ProcFile.read("/proc/self/stat").flatMap { text in
            ProcessStatus(
                parsing: text, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))),
                pageBytes: Double(sysconf(Int32(_SC_PAGESIZE))))
        }
    }

    /// - Returns: nil if the text has too few fields, or anything but numbers where they should be.
    init?(parsing text: String, ticksPerSecond: Double, pageBytes: Double) {
        // The second field, the program's name in parentheses, may itself hold blanks and parentheses.
        guard let nameEnd = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: nameEnd)...].split(separator: " ")
        func field(_ number: Int) -> Double? {
            let index = number - 3
            return index < fields.count ? Double(fields[index]) : nil
        }
        guard let userTicks = field(14), let systemTicks = field(15), let startTicks = field(22),
            let virtualBytes = field(23), let residentPages = field(24)
        else { return nil }
        cpuSeconds = (userTicks + systemTicks) / ticksPerSecond
        startSecondsSinceBoot = startTicks / ticksPerSecond
        virtualMemoryBytes = virtualBytes
        residentMemoryBytes = residentPages * pageBytes
    }
}
