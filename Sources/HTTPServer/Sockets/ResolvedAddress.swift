internal import Glibc

/// A socket address in the system's own form, of either family.
struct ResolvedAddress {
    private var storage = sockaddr_storage()
    private var length = socklen_t(MemoryLayout<sockaddr_storage>.size)

    /// An address that a system call fills in; `nil` if the call returns a negative number.
    init?(filledBy call: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Int32) {
        var size = length
        let result = withUnsafeMutablePointer(to: &storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, &size) }
        }
        guard result >= 0 else { return nil }
        length = size
    }

    private init(copying info: addrinfo) {
        length = info.ai_addrlen
        withUnsafeMutableBytes(of: &storage) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: info.ai_addr, count: Int(info.ai_addrlen)))
        }
    }

    /// Every stream address that a name or number stands for: `getaddrinfo(3)`.
    static func resolve(_ address: SocketAddress) throws(HTTPServerError) -> [ResolvedAddress] {
        guard (0...Int(UInt16.max)).contains(address.port) else {
            throw .cannotListen(address: address, reason: "a port is a number from 0 to 65535")
        }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, String(address.port), &hints, &list)
        guard status == 0 else {
            throw .cannotResolve(host: address.host, reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        return sequence(first: list, next: { $0?.pointee.ai_next }).prefix { $0 != nil }
            .compactMap { $0.map { ResolvedAddress(copying: $0.pointee) } }
    }

    /// The address that a socket is bound to: `getsockname(2)`.
    static func local(of socket: Socket) -> ResolvedAddress? {
        ResolvedAddress { getsockname(socket.descriptor, $0, &$1) }
    }

    var family: Int32 { Int32(storage.ss_family) }

    func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        withUnsafePointer(to: storage) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
        }
    }

    /// In numbers: `getnameinfo(3)`. An IPv4 peer of an IPv6 socket is shown as what it is.
    var address: SocketAddress? {
        if family == AF_UNIX { return SocketAddress(path: path) }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        var port = [CChar](repeating: 0, count: Int(NI_MAXSERV))
        let status = withPointer { pointer, length in
            getnameinfo(
                pointer, length, &host, socklen_t(host.count), &port, socklen_t(port.count),
                NI_NUMERICHOST | NI_NUMERICSERV)
        }
        guard status == 0, let number = Int(Self.text(port)) else { return nil }
        let name = Self.text(host)
        let mapped = "::ffff:"
        let isMapped = name.hasPrefix(mapped) && name.utf8.contains(UInt8(ascii: "."))
        return SocketAddress(host: isMapped ? String(name.dropFirst(mapped.count)) : name, port: number)
    }

    /// The path of a Unix-domain socket.
    private var path: String {
        withUnsafeBytes(of: storage) { bytes in
            let start = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 0
            let path = bytes[..<min(bytes.count, Int(length))].dropFirst(start).prefix { $0 != 0 }
            return String(decoding: path, as: UTF8.self)
        }
    }

    private static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
