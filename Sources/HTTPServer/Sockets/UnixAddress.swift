internal import Glibc

/// The address of a Unix-domain socket: `unix(7)`.
struct UnixAddress {
    /// A path of the file system or, with a NUL in front, an abstract name.
    let name: [UInt8]

    /// - Returns: nil if the name is empty or does not fit.
    init?(_ name: [UInt8]) {
        // A path ends in a NUL.
        guard !name.isEmpty, name.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else { return nil }
        self.name = name
    }

    init?(path: String) {
        self.init(Array(path.utf8))
    }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let isAbstract = name.first == 0
        let length = MemoryLayout.offset(of: \sockaddr_un.sun_path).map { $0 + name.count + (isAbstract ? 0 : 1) } ?? 0
        return withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
        }
    }
}
