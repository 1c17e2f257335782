/// Turns bytes into requests (RFC 9112), whatever the pieces they arrive in. No I/O, no clock.
///
/// Feed it with `consume` until `isComplete`, then `take` the request; the parser is then ready for the next.
struct RequestParser {
    private enum State {
        case line
        case headers(RequestLine)
        case body(RequestHead)
        case complete(RequestHead)
    }

    private let limits: HTTPLimits
    private var state = State.line
    private var lines = LineReader()
    private var emptyLines = 0
    private var headers: HeaderReader
    private var chunks: ChunkedDecoder?
    private var body: [UInt8] = []

    init(limits: HTTPLimits) {
        self.limits = limits
        headers = HeaderReader(maxBytes: limits.maxHeaderBytes, maxCount: limits.maxHeaderCount)
    }

    /// No byte of a request has been read since the last one.
    var isIdle: Bool {
        if case .line = state { lines.line.isEmpty } else { false }
    }

    /// A request has been read whole.
    var isComplete: Bool {
        if case .complete = state { true } else { false }
    }

    /// The header section has been accepted, but the content has not arrived whole.
    var isReadingBody: Bool {
        if case .body = state { true } else { false }
    }

    /// The head whose content has not arrived whole.
    var acceptedHead: RequestHead? {
        if case .body(let head) = state { head } else { nil }
    }

    /// The bytes of content that have arrived.
    var bodyBytes: Int { body.count }

    /// The client has sent its header and now waits for a 100 (RFC 9110 §10.1.1).
    var awaitsContinue: Bool {
        if case .body(let head) = state { head.expectsContinue && body.isEmpty } else { false }
    }

    /// The method, once known: a refusal of HEAD has no content either.
    var method: HTTPMethod? {
        switch state {
        case .line: nil
        case .headers(let line): line.method
        case .body(let head), .complete(let head): head.line.method
        }
    }

    /// The target's path, once known.
    var path: String? {
        switch state {
        case .line: nil
        case .headers(let line): line.target.path
        case .body(let head), .complete(let head): head.line.target.path
        }
    }

    /// The header fields read so far.
    var headersSoFar: HTTPHeaders { headers.headers }

    /// Reads until a request is complete or the input is used up.
    ///
    /// - Returns: how many bytes were read.
    /// - Throws: the refusal of a malformed or oversized request, after which nothing more can be parsed.
    mutating func consume(_ input: Span<UInt8>) throws(HTTPProblem) -> Int {
        var position = 0
        while position < input.count, !isComplete {
            switch state {
            case .line:
                guard let line = try readLine(input, at: &position) else { continue }
                state = .headers(line)
            case .headers(let line):
                guard let fields = try headers.read(input, at: &position) else { continue }
                try begin(RequestHead(line: line, headers: fields, maxBodyBytes: limits.maxBodyBytes))
            case .body(let head):
                if try readBody(head.framing, input, at: &position) { state = .complete(head) }
            case .complete:
                break
            }
        }
        return position
    }

    /// Hands over the complete request and makes ready for the next.
    mutating func take() -> (head: RequestHead, body: [UInt8])? {
        guard case .complete(let head) = state else { return nil }
        let body = body
        reset()
        return (head, body)
    }

    /// Lets go of what has come of a request.
    mutating func reset() {
        self = RequestParser(limits: limits)
    }

    private mutating func readLine(
        _ input: Span<UInt8>, at position: inout Int
    ) throws(HTTPProblem) -> RequestLine? {
        let limit = limits.maxTargetBytes + RequestLine.bytesBesidesTarget
        guard let isComplete = try lines.read(input, at: &position, limit: limit) else {
            throw RequestLine.overlong(lines.line.span, maxTargetBytes: limits.maxTargetBytes)
        }
        guard isComplete else { return nil }
        guard !lines.line.isEmpty else {
            // RFC 9112 §2.2: ignore at least one empty line before the request line.
            emptyLines += 1
            guard emptyLines <= Self.maxEmptyLines else { throw .malformed("Too many empty lines before a request.") }
            return nil
        }
        let line = try RequestLine(parsing: lines.line.span, maxTargetBytes: limits.maxTargetBytes)
        lines.reset()
        return line
    }

    private mutating func begin(_ head: RequestHead) {
        switch head.framing {
        case .length(0):
            state = .complete(head)
        case .length:
            state = .body(head)
        case .chunked:
            chunks = ChunkedDecoder(limits: limits)
            state = .body(head)
        }
    }

    /// Memory grows with what arrives, not with what Content-Length promises.
    private mutating func readBody(
        _ framing: RequestHead.Framing, _ input: Span<UInt8>, at position: inout Int
    ) throws(HTTPProblem) -> Bool {
        switch framing {
        case .length(let length):
            let count = min(length - body.count, input.count - position)
            body.append(input.extracting(position..<(position + count)))
            position += count
            return body.count == length
        case .chunked:
            return try chunks?.read(input, at: &position, into: &body) ?? true
        }
    }

    private static let maxEmptyLines = 4
}
