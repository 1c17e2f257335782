import Testing

@testable import Segmentation

@Suite struct ControlGroupTests {
    /// What a group's files say, by their paths below the mounts, for a process of this membership.
    private func coreLimit(_ files: [String: String], membership: String) throws -> Int? {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(Array(text.utf8), to: name) }
        return ControlGroup(mounts: folder.path, membership: membership.split(separator: "\n")).coreLimit
    }

    @Test(
        "In version 2, a quota is worth the cores that it is a multiple of, rounded up; max and garbage limit nothing",
        arguments: [
            ("200000 100000\n", 2), ("150000 100000\n", 2), ("200001 100000\n", 3), ("1000 100000\n", 1),
            ("50000 10000\n", 5), ("9223372036854775807 1\n", Int.max), ("max 100000\n", nil), ("", nil), ("\n", nil),
            ("200000\n", nil), ("200000 0\n", nil), ("0 100000\n", nil), ("-1 100000\n", nil), ("200000 -1\n", nil),
            ("inf 100000\n", nil), ("nan nan\n", nil), ("1e300 1\n", nil), ("9223372036854775808 1\n", nil),
            ("200000 100000 7\n", nil), ("\u{0}\u{FFFD}\n", nil),
        ])
    func unified(text: String, cores: Int?) throws {
        #expect(try coreLimit(["a/b/cpu.max": text], membership: "0::/a/b\n") == cores)
    }

    @Test(
        "In version 1, a quota is worth the cores that it is a multiple of, rounded up; -1 and garbage limit nothing",
        arguments: [
            ("200000\n", "100000\n", 2), ("250000\n", "100000\n", 3), ("10000\n", "100000\n", 1),
            ("-1\n", "100000\n", nil), ("0\n", "100000\n", nil), ("200000\n", "0\n", nil), ("many\n", "100000\n", nil),
            ("200000\n", "", nil),
        ])
    func controllers(quota: String, period: String, cores: Int?) throws {
        let files = ["cpu/a/cpu.cfs_quota_us": quota, "cpu/a/cpu.cfs_period_us": period]
        #expect(try coreLimit(files, membership: "3:memory:/c\n2:cpu:/a\n1:cpuset:/b\n") == cores)
    }

    @Test("A quota of version 1 without its period is none")
    func noPeriod() throws {
        #expect(try coreLimit(["cpu/cpu.cfs_quota_us": "100000\n"], membership: "1:cpu:/\n") == nil)
    }

    @Test(
        "The controller's hierarchy is found by its name among others, wherever it is mounted",
        arguments: ["cpu", "cpu,cpuacct"], ["cpu", "cpu,cpuacct", "cpuacct,cpu"])
    func mounts(mount: String, controllers: String) throws {
        let files = [
            "\(mount)/a:b/cpu.cfs_quota_us": "300000\n", "\(mount)/a:b/cpu.cfs_period_us": "100000\n",
            "\(mount)/c/cpu.cfs_quota_us": "100000\n", "\(mount)/c/cpu.cfs_period_us": "100000\n",
        ]
        let membership = "4:cpuset:/c\n3:cpuacct:/c\n2:\(controllers):/a:b\n1:name=systemd:/c\n0::/c\n"
        #expect(try coreLimit(files, membership: membership) == 3)
    }

    @Test("The smallest limit counts, of the group and those above it", arguments: [("", 1), ("a/", 2), ("a/b/", 3)])
    func above(smallest: String, cores: Int) throws {
        var files = ["cpu.max": "max 100000\n", "a/cpu.max": "700000 100000\n", "a/b/cpu.max": "800000 100000\n"]
        files[smallest + "cpu.max"] = "\(cores)00000 100000\n"
        #expect(try coreLimit(files, membership: "0::/a/b\n") == cores)

        var older = ["cpu/a/cpu.cfs_quota_us": "700000\n", "cpu/a/b/cpu.cfs_quota_us": "800000\n"]
        for folder in ["", "a/", "a/b/"] { older["cpu/\(folder)cpu.cfs_period_us"] = "100000\n" }
        older["cpu/\(smallest)cpu.cfs_quota_us"] = "\(cores)00000\n"
        #expect(try coreLimit(older, membership: "1:cpu:/a/b\n") == cores)
    }

    @Test("Groups below and beside the process's own don't count")
    func beside() throws {
        let files = ["a/cpu.max": "300000 100000\n", "a/b/cpu.max": "1000 100000\n", "c/cpu.max": "1000 100000\n"]
        #expect(try coreLimit(files, membership: "0::/a\n") == 3)
    }

    @Test(
        "Where the path is the host's, or there is none, the mount is the container's own group",
        arguments: ["/docker/0123456789abcdef", "/../../system.slice", "/", nil])
    func container(path: String?) throws {
        let unified = path.map { "0::\($0)\n" } ?? ""
        #expect(try coreLimit(["cpu.max": "250000 100000\n"], membership: unified) == 3)
        let controller = path.map { "5:cpu,cpuacct:\($0)\n" } ?? "garbage\n::\n"
        let files = ["cpu,cpuacct/cpu.cfs_quota_us": "150000\n", "cpu,cpuacct/cpu.cfs_period_us": "100000\n"]
        #expect(try coreLimit(files, membership: controller) == 2)
    }

    @Test("Without any file there is no limit")
    func nothing() throws {
        #expect(try coreLimit([:], membership: "1:cpu:/a\n0::/a\n") == nil)
    }
}
