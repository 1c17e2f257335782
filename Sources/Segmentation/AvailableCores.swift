import Glibc

/// The number of processor cores that this process may use: those online, or fewer if a container's quota
/// (`cpu.max` of cgroup v2) says so. At least 1.
public func availableCores() -> Int {
    let online = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let quota = cgroupQuota() else { return online }
    return min(online, max(1, Int(quota.rounded(.up))))
}

/// Cores' worth of time that the control group grants, or nil if there is no limit.
private func cgroupQuota() -> Double? {
    guard let file = fopen("/sys/fs/cgroup/cpu.max", "r") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 64)
    let count = fread(&line, 1, line.count, file)
    let fields = String(decoding: line[..<count], as: UTF8.self).split(whereSeparator: \.isWhitespace)
    guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
        return nil
    }
    return quota / period
}
