internal import Glibc

/// How many descriptors the process may have open: `getrlimit(2)`.
public enum OpenFileLimit {
    /// Raises the soft limit to the hard one. Shells and systemd keep the soft limit low for the sake of `select(2)`, which
    /// this server does not use.
    ///
    /// - Returns: the limit that holds now.
    @discardableResult
    public static func raise() -> Int {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return 0 }
        var raised = limit
        raised.rlim_cur = limit.rlim_max
        if setrlimit(resource, &raised) == 0 { limit = raised }
        return Int(clamping: limit.rlim_cur)
    }
}
