import Dispatch
import Glibc
import Synchronization
import TestAuthority
import Testing

@testable import HTTPServer

/// A blocking client for scripts. Run it with `script`, never on the cooperative pool, which the server's handlers need.
final class TestClient: Sendable {
    struct Response: Sendable {
        var status: Int
        var head: String
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let socket: Socket
    private let tls: TLSTestConnection?
    /// Bytes received that no response has taken yet.
    private let received = Mutex<[UInt8]>([])

    convenience init(_ address: SocketAddress, over wire: Wire) throws {
        try self.init(address, tls: wire == .tls ? TLSClientOptions() : nil)
    }

    init(_ address: SocketAddress, tls options: TLSClientOptions? = nil) throws {
        let resolved = address.path == nil ? try ResolvedAddress.resolve(address)[0] : nil
        let socket = Socket(
            adopting: try valueOrError {
                Glibc.socket(resolved?.family ?? AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            })
        var timeout = timeval(tv_sec: 180, tv_usec: 0)
        setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        if let resolved {
            _ = try valueOrError { resolved.withPointer { connect(socket.descriptor, $0, $1) } }
        } else {
            let server = try #require(address.path.flatMap { UnixAddress(path: $0) })
            _ = try valueOrError { server.withPointer { connect(socket.descriptor, $0, $1) } }
        }
        self.socket = socket
        tls = try options.map { try TLSTestConnection(over: socket, $0) }
    }

    func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// What TLS came to; nil over plain TCP.
    var security: TLSTestConnection.Summary? { tls?.summary }

    func renegotiate() throws { try tls?.renegotiate() }

    func send(_ bytes: [UInt8]) throws {
        if let tls { return try tls.send(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty { rest = rest.dropFirst(try socket.send(rest, hasMore: false)) }
    }

    /// Makes the connection break, rather than end, when the client goes away.
    func resetWhenClosed() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket.descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    }

    /// The next response; `nil` if the connection ended instead.
    func response(isHead: Bool = false) throws -> Response? {
        try received.withLock { bytes in
            guard let headEnd = try read(into: &bytes, until: Self.endOfHead) else { return nil }
            let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
            let length = head.split(separator: "\r\n").first { $0.hasPrefix("Content-Length: ") }
                .flatMap { Int($0.dropFirst("Content-Length: ".count)) }
            let end = headEnd + (isHead ? 0 : length ?? 0)
            guard try read(into: &bytes, until: { $0.count >= end ? end : nil }) != nil else { return nil }
            defer { bytes.removeFirst(end) }
            return Response(
                status: Int(head.dropFirst(9).prefix(3)) ?? 0, head: head, body: Array(bytes[headEnd..<end]))
        }
    }

    /// Whether the server has closed its side with nothing more to say.
    func isAtEnd() throws -> Bool {
        try received.withLock { try read(into: &$0) { $0.isEmpty ? nil : 0 } == nil }
    }

    private func read(into bytes: inout [UInt8], until isEnough: ([UInt8]) -> Int?) throws -> Int? {
        while true {
            if let found = isEnough(bytes) { return found }
            var chunk = [UInt8](repeating: 0, count: 64 * 1024)
            let count = try tls?.receive(into: &chunk) ?? socket.receive(into: &chunk)
            if count == 0 { return nil }
            bytes += chunk[..<count]
        }
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let end = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: end) }.map { $0 + end.count }
    }
}

/// Runs blocking code on a thread of its own.
func script<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "script").async { continuation.resume(with: Result { try body() }) }
    }
}

/// What a test speaks HTTP over.
enum Wire: CaseIterable, Sendable {
    case plain, tls
}

/// Starts a server on a free port, and stops it when `body` is done.
func withServer(
    over wire: Wire = .plain, _ configure: (inout HTTPServerConfiguration) -> Void = { _ in },
    onAnswer: HTTPAnswerHook? = nil, inspection: HTTPInspection? = nil,
    handler: @escaping HTTPHandler, _ body: (HTTPServer, SocketAddress) async throws -> Void
) async throws {
    let authority = try TestAuthority()
    var configuration = HTTPServerConfiguration(port: 0)
    if wire == .tls { configuration.tls = try authority.issue("localhost") }
    configure(&configuration)
    let server = HTTPServer(configuration: configuration, onAnswer: onAnswer, inspection: inspection, handler: handler)
    let address = try server.start()
    do {
        try await body(server, address)
    } catch {
        await server.shutdown(within: .zero)
        throw error
    }
    await server.shutdown(within: .seconds(10))
}
