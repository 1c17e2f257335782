/// Reads field lines up to the empty line that ends a header or trailer section, within bounds.
struct HeaderReader {
    private var lines = LineReader()
    /// The fields read so far.
    private(set) var headers = HTTPHeaders()
    private var bytesLeft: Int
    private let maxCount: Int
    private let charset: FieldLine.Charset

    init(maxBytes: Int, maxCount: Int, charset: FieldLine.Charset = .latin1) {
        bytesLeft = maxBytes
        self.maxCount = maxCount
        self.charset = charset
    }

    /// Reads from `position` on and moves it past what was read.
    ///
    /// - Returns: the fields once the section is complete.
    /// - Throws: 431 over a limit (RFC 6585 §5), 400 for a malformed line.
    mutating func read(_ input: Span<UInt8>, at position: inout Int) throws(HTTPProblem) -> HTTPHeaders? {
        while position < input.count {
            guard let isComplete = try lines.read(input, at: &position, limit: max(0, bytesLeft - 2)) else {
                throw Self.tooLarge("The header fields are too large. Send fewer or shorter ones.")
            }
            guard isComplete else { return nil }
            if lines.line.isEmpty { return headers }
            guard headers.count < maxCount else {
                throw Self.tooLarge("There are more than the \(maxCount) header fields allowed here. Send fewer.")
            }
            let field = try FieldLine.parse(lines.line.span, charset: charset)
            headers.append(field.name, field.value)
            bytesLeft -= lines.line.count + 2
            lines.reset()
        }
        return nil
    }

    private static func tooLarge(_ detail: String) -> HTTPProblem {
        HTTPProblem(status: .headerFieldsTooLarge, code: "header_fields_too_large", detail: detail)
    }
}
