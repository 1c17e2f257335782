import Glibc

/// The number of processor cores' worth of time that this process may use: ``processorCores()``, or fewer if a container's
/// quota, of cgroup v1 or v2, says so. At least 1.
public func availableCores() -> Int {
    let cores = processorCores()
    let group = ControlGroup(mounts: "/sys/fs/cgroup", membership: firstLines(of: "/proc/self/cgroup"))
    return min(cores, group.coreLimit ?? cores)
}

/// The number of processor cores that this process may run on, as `taskset` and cpusets leave them. At least 1.
public func processorCores() -> Int {
    let key = "Cpus_allowed_list:"
    let line = firstLines(of: "/proc/self/status").first { $0.hasPrefix(key) }
    let allowed = line.flatMap { CoreList($0.dropFirst(key.count).drop(while: \.isWhitespace)) }
    return allowed?.count ?? max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
}
