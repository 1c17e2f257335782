import CTLS
import Glibc
import TestAuthority
import Testing

@testable import HTTPServer

/// The transport alone, on one end of a pair of sockets, with a client whose every byte the test sees.
@Suite struct TLSTransportTests {
    /// A client that keeps what it sends until it is asked for it.
    private final class Client {
        let connection: OpaquePointer
        private let input = BIO_new(BIO_s_mem())
        private let output = BIO_new(BIO_s_mem())

        init(_ options: TLSClientOptions = TLSClientOptions()) throws {
            connection = try options.makeConnection()
            SSL_set_bio(connection, input, output)
        }

        deinit {
            SSL_free(connection)
        }

        func takeOutput() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = BIO_read(output, &bytes, Int32(bytes.count))
            return Array(bytes.prefix(Int(max(0, count))))
        }

        func feed(_ bytes: [UInt8]) {
            if !bytes.isEmpty { BIO_write(input, bytes, Int32(bytes.count)) }
        }

        func write(_ bytes: [UInt8]) -> [UInt8] {
            SSL_write(connection, bytes, Int32(bytes.count))
            return takeOutput()
        }

        func read() -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = SSL_read(connection, &bytes, Int32(bytes.count))
            return Array(bytes.prefix(Int(max(0, count))))
        }
    }

    private struct Ends {
        let transport: TLSTransport
        let client: Client
        let far: Socket

        init(_ options: TLSClientOptions = TLSClientOptions()) throws {
            let authority = try TestAuthority()
            let context = try TLSContext(authority.issue("localhost"))
            var descriptors: [Int32] = [-1, -1]
            _ = try valueOrError { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &descriptors) }
            let near = Socket(adopting: descriptors[0])
            far = Socket(adopting: descriptors[1])
            try near.configure()
            try far.configure()
            transport = try #require(TLSTransport(near, context))
            client = try Client(options)
        }

        func send(_ bytes: [UInt8]) throws {
            let sent = try far.send(bytes[...], hasMore: false)
            #expect(sent == bytes.count)
        }

        /// Hands over to the client what the server has sent.
        func deliver() throws -> Int {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            guard let count = try? far.receive(into: &bytes) else { return 0 }
            client.feed(Array(bytes.prefix(count)))
            return count
        }

        func shakeHands() throws {
            var result = TransferResult.wantsRead
            while result == .wantsRead {
                SSL_do_handshake(client.connection)
                try send(client.takeOutput())
                result = transport.handshake()
                _ = try deliver()
            }
            #expect(result == .moved(0))
        }
    }

    private static let hello = Array("hello".utf8)

    @Test("A handshake and data may come byte by byte", arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
    func byteByByte(_ version: Int32) throws {
        let ends = try Ends(TLSClientOptions(version: version))
        var result = TransferResult.wantsRead
        while result == .wantsRead {
            SSL_do_handshake(ends.client.connection)
            let flight = ends.client.takeOutput()
            try #require(!flight.isEmpty)
            for (index, byte) in flight.enumerated() {
                try ends.send([byte])
                result = ends.transport.handshake()
                if index < flight.count - 1 { #expect(result == .wantsRead) }
            }
            _ = try ends.deliver()
        }
        #expect(result == .moved(0))
        SSL_do_handshake(ends.client.connection)

        var buffer = [UInt8](repeating: 0, count: 100)
        for byte in ends.client.write(Self.hello) {
            #expect(ends.transport.receive(into: &buffer) == .wantsRead)
            #expect(ends.transport.peek() == .wantsRead)
            try ends.send([byte])
        }
        #expect(ends.transport.peek() == .moved(1))
        #expect(ends.transport.receive(into: &buffer) == .moved(5))
        #expect(buffer.starts(with: Self.hello))
        #expect(!ends.transport.mayHaveMore)
        #expect(ends.transport.receive(into: &buffer) == .wantsRead)
    }

    @Test("Data before close_notify is received before the end") func endAfterData() throws {
        let ends = try Ends()
        try ends.shakeHands()
        let data = ends.client.write(Self.hello)
        SSL_shutdown(ends.client.connection)
        try ends.send(data + ends.client.takeOutput())
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(ends.transport.receive(into: &buffer) == .moved(5))
        #expect(ends.transport.mayHaveMore)
        #expect(ends.transport.peek() == .ended)
        #expect(ends.transport.receive(into: &buffer) == .ended)
    }

    @Test("A full socket asks to wait until it can be written, and nothing is lost or sent twice")
    func backpressure() throws {
        let ends = try Ends()
        try ends.shakeHands()
        let bytes = (0..<2_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 5) }
        var rest = bytes[...]
        var received: [UInt8] = []
        var waits = 0
        var isFinished = false
        while !isFinished {
            switch rest.isEmpty ? ends.transport.finishSending() : ends.transport.send(rest, hasMore: true) {
            case .moved(let count):
                isFinished = rest.isEmpty
                rest = rest.dropFirst(count)
            case .wantsWrite:
                waits += 1
                try #require(waits < 1000)
                _ = try ends.deliver()
                received += ends.client.read()
            case let other:
                Issue.record("\(other)")
                return
            }
        }
        while try ends.deliver() > 0 { received += ends.client.read() }
        for _ in 0..<1000 where received.count < bytes.count { received += ends.client.read() }
        #expect(waits > 0)
        #expect(received == bytes)
        #expect(ends.client.read().isEmpty)
        #expect(SSL_get_shutdown(ends.client.connection) == SSL_RECEIVED_SHUTDOWN)
    }

    @Test("A client that sends records without data forever is cut") func keyUpdates() throws {
        let ends = try Ends(TLSClientOptions(version: TLS1_3_VERSION))
        try ends.shakeHands()
        var updates: [UInt8] = []
        for _ in 0..<4000 {
            SSL_key_update(ends.client.connection, SSL_KEY_UPDATE_NOT_REQUESTED)
            SSL_do_handshake(ends.client.connection)
            updates += ends.client.takeOutput()
        }
        #expect(updates.count > 70_000)
        let count = try ends.far.send(updates[...], hasMore: false)
        #expect(count == updates.count)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(ends.transport.receive(into: &buffer) == .failed(.tls("too many records without data")))
    }

    /// What begins as if it were TLS, or SSL 2, of which an old client's first message may have the form.
    private static let beginnings: [[UInt8]] = [[22, 3, 1, 16, 0], [0x90, 0, 1, 3, 1]]

    @Test(
        "What is not TLS fails, as soon as that is certain, and what is said about it can be read",
        arguments: [Array("junk: no TLS at all\r\n\r\n".utf8), [UInt8](repeating: 255, count: 100)] + beginnings)
    func garbage(_ bytes: [UInt8]) throws {
        let ends = try Ends()
        try ends.send(bytes)
        if Self.beginnings.contains(bytes) {
            #expect(ends.transport.handshake() == .wantsRead)
            try ends.send([UInt8](repeating: 0, count: 0x1000))
        }
        guard case .failed(.tls(let reason)) = ends.transport.handshake() else {
            Issue.record("no error")
            return
        }
        #expect(!reason.isEmpty)
        #expect(ends.transport.send([1], hasMore: false) != .moved(1))
        #expect(ends.transport.finishSending() == .moved(0))
        var buffer = [UInt8](repeating: 0, count: 100)
        // An alert, if the first bytes looked like a record at all, then the end.
        while try ends.far.receive(into: &buffer) > 0 { #expect(buffer[0] == 21) }
    }

    private static let tooLong = TransferResult.failed(.tls("the ClientHello claims to be longer than any is"))

    @Test(
        "A hello that claims more than 16 KiB is refused before the rest of it is there",
        arguments: [
            ([22, 3, 1, 0, 4, 1, 0x00, 0x40, 0x00], false), ([22, 3, 1, 0, 4, 1, 0x00, 0x40, 0x01], true),
            ([22, 3, 1, 0, 51, 1, 0x01, 0xFF, 0x00, 3, 3], true),
            // In two records, and behind a message that is none.
            ([22, 3, 1, 0, 1, 1, 22, 3, 1, 0, 3, 1, 0, 0], true), ([22, 3, 1, 0, 8, 1, 0, 0, 0, 1, 1, 0, 0], true),
        ] as [([UInt8], Bool)])
    func longHello(_ bytes: [UInt8], _ isRefused: Bool) throws {
        for length in [1, bytes.count] {
            let ends = try Ends()
            var result = TransferResult.wantsRead
            for start in stride(from: 0, to: bytes.count, by: length) where result == .wantsRead {
                try ends.send(Array(bytes[start...].prefix(length)))
                result = ends.transport.handshake()
            }
            #expect(result == (isRefused ? Self.tooLong : .wantsRead))
        }
    }

    @Test(
        "A client that is asked for a second hello gets in; that one can't claim more than the first",
        arguments: [false, true])
    func secondHello(_ isLong: Bool) throws {
        let ends = try Ends(TLSClientOptions(version: TLS1_3_VERSION, groups: "P-521:P-256"))
        guard isLong else { return try ends.shakeHands() }
        SSL_do_handshake(ends.client.connection)
        try ends.send(ends.client.takeOutput())
        #expect(ends.transport.handshake() == .wantsRead)
        // What old middleboxes want to see, and the begin of a hello.
        try ends.send([20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 1, 1, 0, 0])
        #expect(ends.transport.handshake() == Self.tooLong)
    }

    @Test("A record that was tampered with fails, and so does all that follows") func tampered() throws {
        let ends = try Ends()
        try ends.shakeHands()
        var record = ends.client.write(Self.hello)
        record[record.count - 1] ^= 1
        try ends.send(record)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(ends.transport.receive(into: &buffer) == .failed(.tls("decryption failed or bad record mac")))
        #expect(ends.transport.send([1], hasMore: false) != .moved(1))
        #expect(ends.transport.peek() == .ended)
    }

    @Test("Behind a spoiled record, nothing in the clear is taken for the client's") func injected() throws {
        let ends = try Ends()
        try ends.shakeHands()
        let good = ends.client.write(Self.hello)
        var spoiled = ends.client.write(Self.hello)
        spoiled[spoiled.count - 1] ^= 1
        try ends.send(good + spoiled)
        var buffer = [UInt8](repeating: 0, count: 100)
        #expect(ends.transport.receive(into: &buffer) == .moved(Self.hello.count))
        try ends.send(Array("injected".utf8))
        for _ in 0..<2 {
            #expect(ends.transport.receive(into: &buffer) == .failed(.tls("decryption failed or bad record mac")))
        }
    }

    @Test("Sending to a peer that is gone fails, without a signal") func peerGone() throws {
        var ends: Ends? = try Ends()
        try ends?.shakeHands()
        let transport = try #require(ends?.transport)
        ends = nil
        #expect(transport.send([1], hasMore: false) == .failed(.system(SystemError(number: EPIPE))))
    }
}
