/// Request line and header fields, checked as a whole.
struct RequestHead {
    /// How the content is delimited (RFC 9112 §6.3).
    enum Framing: Hashable {
        case length(Int)
        case chunked
    }

    let line: RequestLine
    let headers: HTTPHeaders
    let framing: Framing
    /// The client waits for a 100 before it sends the content (RFC 9110 §10.1.1).
    let expectsContinue: Bool
    /// The client lets the connection serve further requests.
    let allowsKeepAlive: Bool

    init(line: RequestLine, headers: HTTPHeaders, maxBodyBytes: Int) throws(HTTPProblem) {
        self.line = line
        self.headers = headers
        try Self.checkHost(headers, isHTTP10: line.isHTTP10)
        framing = try Self.framing(headers, isHTTP10: line.isHTTP10)
        allowsKeepAlive = Self.allowsKeepAlive(headers, isHTTP10: line.isHTTP10)
        expectsContinue = try Self.expectsContinue(headers, isHTTP10: line.isHTTP10)
        if case .length(let length) = framing, length > maxBodyBytes { throw .bodyTooLarge(limit: maxBodyBytes) }
    }

    /// RFC 9112 §3.2: 400 unless an HTTP/1.1 request has exactly one Host, and that valid.
    private static func checkHost(_ headers: HTTPHeaders, isHTTP10: Bool) throws(HTTPProblem) {
        let hosts = headers.values(of: "Host")
        guard hosts.count == 1 || hosts.isEmpty && isHTTP10 else {
            throw .malformed("A request must have exactly one Host header.", code: "malformed_host")
        }
        guard hosts.allSatisfy({ Authority.isValid($0) }) else {
            throw .malformed("The Host header must be a host and perhaps a port.", code: "malformed_host")
        }
    }

    private static func framing(_ headers: HTTPHeaders, isHTTP10: Bool) throws(HTTPProblem) -> Framing {
        let lengths = headers.values(of: "Content-Length")
        let codings = headers.values(of: "Transfer-Encoding")
        guard !codings.isEmpty else { return .length(try contentLength(lengths)) }
        // RFC 9112 §6.1: both together may be an attempt to smuggle a request; HTTP/1.0 knows no transfer codings.
        guard lengths.isEmpty else { throw malformedFraming("Send Content-Length or Transfer-Encoding, not both.") }
        guard !isHTTP10 else { throw malformedFraming("HTTP/1.0 has no Transfer-Encoding. Send Content-Length.") }
        try checkIsChunked(codings)
        return .chunked
    }

    /// RFC 9110 §8.6: 1*DIGIT. A list of equal numbers might be taken for one; it is refused instead.
    private static func contentLength(_ values: [String]) throws(HTTPProblem) -> Int {
        guard let value = values.first else { return 0 }
        guard values.count == 1, !value.isEmpty, value.utf8.allSatisfy(\.isDigit) else {
            throw malformedFraming("Content-Length must be one decimal number.")
        }
        // What overflows is larger than any limit.
        return Int(value) ?? .max
    }

    /// RFC 9112 §6.3: 400 unless chunked comes last, and only there; §6.1: 501 for others before it, which we don't know.
    private static func checkIsChunked(_ values: [String]) throws(HTTPProblem) {
        if values.count == 1, values[0].equalsIgnoringCase("chunked") { return }
        let codings = values.flatMap { $0.split(atOctet: UInt8(ascii: ",")) }
            .map { $0.trimmingOptionalWhitespace() }
        let isUnknown = { (coding: String) in coding.isToken && !coding.equalsIgnoringCase("chunked") }
        guard codings.count > 1, codings.dropLast().allSatisfy(isUnknown),
            codings.last?.equalsIgnoringCase("chunked") == true
        else { throw malformedFraming("Transfer-Encoding must be chunked, once and last.") }
        throw HTTPProblem(
            status: .notImplemented, code: "unknown_transfer_coding",
            detail: "The only transfer coding this server knows is chunked.")
    }

    /// RFC 9112 §9.3: HTTP/1.1 connections persist unless told to close, HTTP/1.0 ones only if asked to.
    private static func allowsKeepAlive(_ headers: HTTPHeaders, isHTTP10: Bool) -> Bool {
        if headers.list(of: "Connection", has: "close") { return false }
        return !isHTTP10 || headers.list(of: "Connection", has: "keep-alive")
    }

    /// RFC 9110 §10.1.1: 417 for an expectation we don't know; `100-continue` means nothing in HTTP/1.0.
    private static func expectsContinue(_ headers: HTTPHeaders, isHTTP10: Bool) throws(HTTPProblem) -> Bool {
        let expectations = headers.list(of: "Expect")
        guard expectations.allSatisfy({ $0.equalsIgnoringCase("100-continue") }) else {
            throw HTTPProblem(
                status: .expectationFailed, code: "expectation_failed",
                detail: "The only expectation this server can meet is 100-continue.")
        }
        return !expectations.isEmpty && !isHTTP10
    }

    private static func malformedFraming(_ detail: String) -> HTTPProblem {
        .malformed(detail, code: "malformed_framing")
    }
}
