/// The control group that a process is in, and how much of the processor it may use: cgroups(7), versions 1 and 2.
struct ControlGroup {
    /// The folder where control groups are mounted: version 2 itself, or a folder for each controller of version 1.
    let mounts: String
    /// The lines of `/proc/self/cgroup`: hierarchy, controllers and path, with colons between.
    let membership: [Substring]

    /// How many cores, rounded up, the quota of the group, or of one above it, is worth; nil if there is none.
    var coreLimit: Int? {
        let limits = folders(below: mounts, to: unifiedPath).compactMap(Self.unifiedLimit)
        let controllerLimits = ["/cpu", "/cpu,cpuacct"]
            .flatMap { folders(below: mounts + $0, to: controllerPath) }
            .compactMap(Self.controllerLimit)
        return (limits + controllerLimits).min()
    }

    private var unifiedPath: Substring { path { $0.isEmpty } }
    private var controllerPath: Substring { path { $0.split(separator: ",").contains("cpu") } }

    private func path(where isMeant: (_ controllers: Substring) -> Bool) -> Substring {
        for line in membership {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            if fields.count == 3, isMeant(fields[1]) { return fields[2] }
        }
        return "/"
    }

    /// A mount and the folders from there to the group. In a container, the path can be the host's: its folders are not
    /// there, and the mount is the container's own group.
    private func folders(below mount: String, to path: Substring) -> [String] {
        // A group outside of the namespace's is not below the mount.
        let names = path.split(separator: "/").prefix { $0 != ".." }
        return names.reduce(into: [mount]) { folders, name in folders.append((folders.last ?? mount) + "/" + name) }
    }

    private static func unifiedLimit(of folder: String) -> Int? {
        let fields = firstLines(of: folder + "/cpu.max").first?.split(separator: " ") ?? []
        return fields.count == 2 ? cores(quota: fields[0], period: fields[1]) : nil
    }

    private static func controllerLimit(of folder: String) -> Int? {
        guard let quota = firstLines(of: folder + "/cpu.cfs_quota_us").first,
            let period = firstLines(of: folder + "/cpu.cfs_period_us").first
        else { return nil }
        return cores(quota: quota, period: period)
    }

    /// Both in microseconds. The quota can be `max` (version 2) or -1 (version 1), which limit nothing.
    private static func cores(quota: Substring, period: Substring) -> Int? {
        guard let quota = Int(quota), let period = Int(period), quota > 0, period > 0 else { return nil }
        return (quota - 1) / period + 1
    }
}
