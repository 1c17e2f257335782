internal import Glibc

/// The time of a log line: RFC 3339, UTC, in milliseconds.
enum LogTime {
    static func now() -> String {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return format(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    static func format(seconds: Int, milliseconds: Int) -> String {
        var seconds = seconds
        var parts = tm()
        gmtime_r(&seconds, &parts)
        return padded(Int(parts.tm_year) + 1900, to: 4) + "-" + padded(Int(parts.tm_mon) + 1, to: 2) + "-"
            + padded(Int(parts.tm_mday), to: 2) + "T" + padded(Int(parts.tm_hour), to: 2) + ":"
            + padded(Int(parts.tm_min), to: 2) + ":" + padded(Int(parts.tm_sec), to: 2) + "."
            + padded(milliseconds, to: 3) + "Z"
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
