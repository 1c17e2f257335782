/// Takes the chunked transfer coding (RFC 9112 §7.1) off a body that may arrive in any number of pieces.
struct ChunkedDecoder {
    private enum State {
        case size
        case data(left: Int)
        case dataEnd
        case trailers
    }

    private var state = State.size
    private var lines = LineReader()
    private var trailers: HeaderReader
    private var extensionBytesLeft: Int
    private let maxBodyBytes: Int

    init(limits: HTTPLimits) {
        trailers = HeaderReader(maxBytes: limits.maxTrailerBytes, maxCount: limits.maxHeaderCount)
        extensionBytesLeft = limits.maxChunkExtensionBytes
        maxBodyBytes = limits.maxBodyBytes
    }

    /// Decodes from `position` on, moves it past what was read and appends the data to `body`.
    ///
    /// Trailer fields are checked and dropped: nothing here has a use for them, and to merge them with the headers unasked
    /// is forbidden (RFC 9110 §6.5.1).
    ///
    /// - Returns: whether the body is complete.
    mutating func read(
        _ input: Span<UInt8>, at position: inout Int, into body: inout [UInt8]
    ) throws(HTTPProblem) -> Bool {
        while position < input.count {
            switch state {
            case .size:
                guard let size = try readSize(input, at: &position) else { return false }
                guard size <= maxBodyBytes - body.count else { throw .bodyTooLarge(limit: maxBodyBytes) }
                state = size == 0 ? .trailers : .data(left: size)
            case .data(let left):
                let count = min(left, input.count - position)
                body.append(input.extracting(position..<(position + count)))
                position += count
                state = count == left ? .dataEnd : .data(left: left - count)
            case .dataEnd:
                // The CRLF after the data, read as an empty line.
                guard let isComplete = try lines.read(input, at: &position, limit: 0) else {
                    throw .malformed("A chunk's data must be followed by CRLF.", code: ChunkLine.malformedCode)
                }
                guard isComplete else { return false }
                lines.reset()
                state = .size
            case .trailers:
                return try trailers.read(input, at: &position) != nil
            }
        }
        return false
    }

    private mutating func readSize(_ input: Span<UInt8>, at position: inout Int) throws(HTTPProblem) -> Int? {
        let limit = ChunkLine.maxSizeDigits + extensionBytesLeft
        guard let isComplete = try lines.read(input, at: &position, limit: limit) else {
            throw .malformed("The chunk extensions are too long.", code: ChunkLine.malformedCode)
        }
        guard isComplete else { return nil }
        let line = try ChunkLine(parsing: lines.line.span)
        guard line.extensionBytes <= extensionBytesLeft else {
            throw .malformed("The chunk extensions are too long.", code: ChunkLine.malformedCode)
        }
        extensionBytesLeft -= line.extensionBytes
        lines.reset()
        return line.size
    }
}
