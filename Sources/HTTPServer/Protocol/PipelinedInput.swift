/// Bytes that wait to be parsed until the request before them has been answered.
struct PipelinedInput {
    private(set) var bytes: [UInt8] = []
    /// Where those not yet parsed begin; moving it, rather than the bytes, keeps a long pipeline linear.
    private(set) var start = 0

    var isEmpty: Bool { start == bytes.count }

    mutating func append(_ span: Span<UInt8>) {
        bytes.append(span)
    }

    /// Takes note that the first `count` bytes have been parsed, and lets go of the memory with the last.
    mutating func removeFirst(_ count: Int) {
        start = min(bytes.count, start + count)
        if isEmpty { removeAll() }
    }

    mutating func removeAll() {
        bytes = []
        start = 0
    }
}
