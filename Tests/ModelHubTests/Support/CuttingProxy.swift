import Foundation
import Glibc
import Synchronization

/// Passes connections on to a port of this machine, and cuts each of the first few after so many bytes of answer.
final class CuttingProxy: Sendable {
    struct Failed: Error {}

    let port: Int
    private let listener: Int32
    private let target: Int
    private let cuts: Mutex<[Int]>

    /// - Parameter cuts: After how many bytes the first connections are cut; later ones are left alone.
    init(to target: Int, cuts: [Int]) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, length) == 0 && listen(listener, 16) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard isListening else { throw Failed() }
        self.target = target
        self.cuts = Mutex(cuts)
        self.listener = listener
        port = Int(UInt16(bigEndian: address.sin_port))
        Thread.detachNewThread { [weak self] in
            while case let client = accept(listener, nil, nil), client >= 0 {
                guard let proxy = self else { return }
                Thread.detachNewThread { proxy.pass(client) }
            }
        }
    }

    deinit { shutdown(listener, Int32(SHUT_RDWR)) }

    private static func loopback(port: Int) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        return address
    }

    private func pass(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = Self.loopback(port: target)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        if isConnected {
            let limit = cuts.withLock { $0.isEmpty ? Int.max : $0.removeFirst() }
            let group = DispatchGroup()
            group.enter()
            Thread.detachNewThread {
                Self.copy(from: client, to: server, atMost: .max)
                group.leave()
            }
            Self.copy(from: server, to: client, atMost: limit)
            shutdown(client, Int32(SHUT_RDWR))
            shutdown(server, Int32(SHUT_RDWR))
            group.wait()
        }
        close(client)
        close(server)
    }

    private static func copy(from source: Int32, to target: Int32, atMost limit: Int) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        var rest = limit
        while rest > 0 {
            let count = recv(source, &buffer, min(rest, buffer.count), 0)
            guard count > 0, send(target, buffer, count, Int32(MSG_NOSIGNAL)) == count else { return }
            rest -= count
        }
    }
}
