import Glibc
import Testing

@testable import HTTPServer

@Suite struct PlainTransportTests {
    /// Two sockets that are connected to each other.
    private func pair() throws -> (Socket, Socket) {
        var descriptors: [Int32] = [-1, -1]
        _ = try valueOrError { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &descriptors) }
        let sockets = (Socket(adopting: descriptors[0]), Socket(adopting: descriptors[1]))
        try sockets.0.configure()
        try sockets.1.configure()
        return sockets
    }

    @Test("What is sent is received, then there is nothing to read, then the end") func transfers() throws {
        let (near, far) = try pair()
        let sender = PlainTransport(far)
        let receiver = PlainTransport(near)
        var buffer = [UInt8](repeating: 0, count: 4)
        #expect(receiver.receive(into: &buffer) == .wantsRead)
        #expect(receiver.peek() == .wantsRead)
        #expect(sender.send([1, 2, 3, 4, 5], hasMore: false) == .moved(5))
        #expect(receiver.receive(into: &buffer) == .moved(4))
        #expect(buffer == [1, 2, 3, 4])
        #expect(receiver.mayHaveMore)
        #expect(sender.finishSending() == .moved(0))
        #expect(receiver.peek() == .moved(1))
        #expect(receiver.receive(into: &buffer) == .moved(1))
        #expect(!receiver.mayHaveMore)
        #expect(receiver.peek() == .ended)
        #expect(receiver.receive(into: &buffer) == .ended)
    }

    @Test("A full socket asks to wait until it can be written") func backpressure() throws {
        let (near, far) = try pair()
        let sender = PlainTransport(near)
        let bytes = [UInt8](repeating: 0, count: 100_000)
        var last = TransferResult.moved(0)
        while case .moved = last { last = sender.send(bytes[...], hasMore: false) }
        #expect(last == .wantsWrite)
        withExtendedLifetime(far) {}
    }

    @Test("Sending to a peer that is gone fails, without a signal") func peerGone() throws {
        let sender = PlainTransport(try pair().0)
        #expect(sender.send([1], hasMore: false) == .failed(.system(SystemError(number: EPIPE))))
        #expect(sender.peek() == .ended)
    }
}
