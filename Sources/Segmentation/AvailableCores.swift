import Glibc

/// The number of processor cores that this process may use: those it may run on, or fewer if a container's quota
/// (`cpu.max` of cgroup v2) says so. At least 1.
public func availableCores() -> Int {
    let cores = max(1, coresInAffinityMask() ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    guard let quota = cgroupQuota() else { return cores }
    return min(cores, max(1, Int(quota.rounded(.up))))
}

/// The number of cores in a list such as `0-3,8`, which the kernel keeps up to date with `taskset` and cpusets.
private func coresInAffinityMask() -> Int? {
    let key = "Cpus_allowed_list:"
    guard let line = firstLines(of: "/proc/self/status").first(where: { $0.hasPrefix(key) }) else { return nil }
    let ranges = line.dropFirst(key.count).filter { !$0.isWhitespace }.split(separator: ",")
    return ranges.reduce(0) { total, range in
        let ends = range.split(separator: "-").compactMap { Int($0) }
        guard let first = ends.first, let last = ends.last else { return total }
        return total + last - first + 1
    }
}

/// Cores' worth of time that the control group, or one above it, grants; nil if there is no limit.
private func cgroupQuota() -> Double? {
    let root = "/sys/fs/cgroup"
    let own = firstLines(of: "/proc/self/cgroup").first { $0.hasPrefix("0::/") }?.dropFirst("0::".count) ?? "/"
    var folders = [root]
    for name in own.split(separator: "/") { folders.append((folders.last ?? root) + "/" + name) }
    return folders.compactMap { folder -> Double? in
        let fields = firstLines(of: folder + "/cpu.max").first?.split(separator: " ") ?? []
        guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
            return nil
        }
        return quota / period
    }.min()
}

private func firstLines(of path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
}
