/// Bytes on their way out: message heads and small bodies together, a large body as it is, uncopied.
struct OutputBuffer {
    private var head: [UInt8] = []
    private var body: [UInt8] = []
    private var bodyIsShared = false
    private var sent = 0

    var isEmpty: Bool { head.isEmpty && body.isEmpty }

    /// What is kept in memory to be sent, down to the last byte until all of it is gone. A body that is there for others too
    /// takes nothing.
    var heldBytes: Int { head.count + (bodyIsShared ? 0 : body.count) }

    /// Bytes that are yet to be sent.
    var unsentBytes: Int { head.count + body.count - sent }

    /// Adds a message; only the last one may have a large body still unsent.
    mutating func append(head newHead: [UInt8], body newBody: [UInt8] = [], bodyIsShared: Bool = false) {
        if head.isEmpty { head = newHead } else { head += newHead }
        if newBody.count <= Self.copiedBodyBytes {
            head += newBody
        } else {
            body = newBody
            self.bodyIsShared = bodyIsShared
        }
    }

    /// The next bytes to send, and whether more follow.
    var next: (bytes: ArraySlice<UInt8>, hasMore: Bool) {
        head.isEmpty ? (body[sent...], false) : (head[sent...], !body.isEmpty)
    }

    /// Takes note that the first `count` bytes of `next` are gone.
    mutating func didSend(_ count: Int) {
        sent += count
        if !head.isEmpty {
            guard sent == head.count else { return }
            head = []
        } else {
            guard sent == body.count else { return }
            body = []
        }
        sent = 0
    }

    mutating func removeAll() { self = OutputBuffer() }

    /// Up to this size, a copy costs less than a second system call.
    private static let copiedBodyBytes = 16 * 1024
}
