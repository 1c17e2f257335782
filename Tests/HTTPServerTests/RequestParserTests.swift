import Testing

@testable import HTTPServer

@Suite struct RequestParserTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var input: String
        var events: [String]
        var testDescription: String { name }

        init(_ name: String, _ input: String, _ events: String...) {
            self.name = name
            self.input = input
            self.events = events
        }
    }

    private static let host = "Host: a\r\n"

    static let accepted = [
        Case("the least", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / [Host=a] "),
        Case("an empty Host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", "GET / [Host=] "),
        Case("white space around a value", "GET / HTTP/1.1\r\nHost: \t a \t\r\n\r\n", "GET / [Host=a] "),
        Case(
            "repeated fields, in order", "GET / HTTP/1.1\r\nB: 1\r\nHost: a\r\nb: 2\r\n\r\n", "GET / [B=1|Host=a|b=2] "),
        Case("obs-text", "GET / HTTP/1.1\r\nHost: a\r\nX: é\r\n\r\n", "GET / [Host=a|X=\u{C3}\u{A9}] "),
        Case("absolute-form", "GET http://a:80/p?q HTTP/1.1\r\n\(host)\r\n", "GET http://a:80/p?q [Host=a] "),
        Case("asterisk-form", "OPTIONS * HTTP/1.1\r\n\(host)\r\n", "OPTIONS * [Host=a] "),
        Case("HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n", "GET / []  close"),
        Case(
            "HTTP/1.0 keep-alive", "GET / HTTP/1.0\r\nConnection: x, Keep-Alive\r\n\r\n",
            "GET / [Connection=x, Keep-Alive] "),
        Case("a higher minor version", "GET / HTTP/1.7\r\n\(host)\r\n", "GET / [Host=a] "),
        Case(
            "Connection: close", "GET / HTTP/1.1\r\n\(host)Connection: keep-alive, CLOSE\r\n\r\n",
            "GET / [Host=a|Connection=keep-alive, CLOSE]  close"),
        Case("empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n", "GET / [Host=a] "),
        Case(
            "a body of known length", "POST /p HTTP/1.1\r\n\(host)Content-Length: 05\r\n\r\nhello",
            "POST /p [Host=a|Content-Length=05] hello"),
        Case(
            "a chunked body",
            "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n00A;n;v=\"a\\\";\"\r\n, worlds!!\r\n"
                + "0\r\nT: 1\r\n\r\n",
            "POST / [Host=a|Transfer-Encoding=Chunked] hello, worlds!!"),
        Case(
            "a pipeline",
            "POST /1 HTTP/1.1\r\n\(host)Content-Length: 2\r\n\r\nokGET /2 HTTP/1.1\r\n\(host)\r\n\r\nGET /3 HTTP/1.1\r\n\(host)\r\n",
            "POST /1 [Host=a|Content-Length=2] ok", "GET /2 [Host=a] ", "GET /3 [Host=a] "),
        Case("an unfinished request", "GET / HTTP/1.1\r\nHo", "incomplete"),
    ]

    @Test("A well-formed request is read the same however it is split", arguments: accepted)
    func accepts(_ row: Case) {
        for pieces in everySplit(of: Array(row.input.utf8)) {
            #expect(parse(pieces) == row.events)
        }
    }

    private static func line(_ line: String, _ refusal: String) -> Case {
        Case(line, "\(line)\r\n\(host)\r\n", refusal)
    }

    private static func field(_ field: String, _ refusal: String) -> Case {
        Case(field, "POST / HTTP/1.1\r\n\(host)\(field)\r\n\r\n", refusal)
    }

    private static func chunk(_ chunks: String, _ refusal: String = "refused 400 malformed_chunk") -> Case {
        Case("chunked \(chunks)", "POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\n\r\n\(chunks)", refusal)
    }

    private static let malformed = "refused 400 malformed_request"
    private static let target = "refused 400 malformed_target"
    private static let header = "refused 400 malformed_header"
    private static let badHost = "refused 400 malformed_host"
    private static let framing = "refused 400 malformed_framing"

    static let refusedLines = [
        line("GET /", malformed), line("GET  / HTTP/1.1", malformed), line("GET / HTTP/1.1 ", malformed),
        line("GET / HTTP/1.1 x", malformed), line(" GET / HTTP/1.1", malformed), line("GET\t/ HTTP/1.1", malformed),
        line("GET / http/1.1", malformed), line("GET / HTTP/01.1", malformed), line("GET / ICE/1.1", malformed),
        line("GET / HTTP/1.", malformed), line("GET /\r HTTP/1.1", malformed), line("G(T / HTTP/1.1", malformed),
        line("GET / HTTP/2.0", "refused 505 version_not_supported"),
        line("PRI * HTTP/2.0", "refused 505 version_not_supported"),
        line("GET / HTTP/0.9", "refused 505 version_not_supported"),
        line("BREW / HTTP/1.1", "refused 501 unknown_method"), line("get / HTTP/1.1", "refused 501 unknown_method"),
        line("CONNECT a:80 HTTP/1.1", "refused 501 unknown_method"),
        line("GET * HTTP/1.1", target), line("GET a/b HTTP/1.1", target), line("GET /a#b HTTP/1.1", target),
        line("GET /\u{1} HTTP/1.1", target), line("GET /é HTTP/1.1", target), line("GET http:// HTTP/1.1", target),
        line("GET http://u@a/ HTTP/1.1", target), line("GET ftp://a/ HTTP/1.1", target),
        line("GET /%zz HTTP/1.1", target), line("GET /%00 HTTP/1.1", target), line("GET /%ff HTTP/1.1", target),
        line("GET /?a=%f HTTP/1.1", target),
        Case("LF alone after the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n", malformed),
        Case("too many empty lines", "\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n", malformed),
    ]

    static let refusedFields = [
        field("X : 1", header), field(": 1", header), field("X", header), field("X\u{0}: 1", header),
        field("X(: 1", header), field("é: 1", header), field("X: a\u{0}b", header), field("X: a\u{7F}b", header),
        field("X: 1\r\n folded", header), field(" X: 1", header), field("X: a\rb", malformed),
        field("X: a\nY: b", malformed),
        field("Host: b", badHost), field("Host: a", badHost),
        Case("no Host", "GET / HTTP/1.1\r\n\r\n", badHost),
        Case("a path as Host", "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n", badHost),
        field("Content-Length: 1\r\nContent-Length: 1", framing), field("Content-Length: 1, 1", framing),
        field("Content-Length: +1", framing), field("Content-Length: -1", framing),
        field("Content-Length: 1 1", framing),
        field("Content-Length: 0x1", framing), field("Content-Length: ", framing), field("Content-Length: 1.", framing),
        field("Content-Length: 99999999999999999999999", "refused 413 body_too_large"),
        field("Content-Length: 4\r\nTransfer-Encoding: chunked", framing),
        field("Transfer-Encoding: chunked\r\nContent-Length: 4", framing),
        field("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", framing),
        field("Transfer-Encoding: chunked, chunked", framing), field("Transfer-Encoding: , chunked", framing),
        field("Transfer-Encoding: ", framing), field("Transfer-Encoding: chunked, gzip", framing),
        field("Transfer-Encoding: chunked;q=1", framing), field("Transfer-Encoding: \"chunked\"", framing),
        field("Transfer-Encoding: gzip", framing), field("Transfer-Encoding: gzip;q=1, chunked", framing),
        field("Transfer-Encoding: gzip, chunked", "refused 501 unknown_transfer_coding"),
        field("Transfer-Encoding: gzip\r\nTransfer-Encoding: CHUNKED", "refused 501 unknown_transfer_coding"),
        field("Transfer-Encoding: xchunked", framing), field("Transfer-Encoding: chunked, gzip, chunked", framing),
        Case("chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", framing),
        field("Expect: 200-maybe", "refused 417 expectation_failed"),
    ]

    static let refusedChunks = [
        chunk("x\r\n"), chunk("\r\n"), chunk(" 5\r\n"), chunk("5 \r\n"), chunk("0x5\r\n"), chunk("-5\r\n"),
        chunk("5;\r\n"), chunk("5;a=\r\n"), chunk("5;a=\"\r\n"), chunk("5;a b\r\n"), chunk("5,a\r\n"),
        chunk("5;a=\"\u{1}\"\r\n"), chunk("5;a=\"\\\u{1}\"\r\n"), chunk("5;a=\"\\\u{0}\"\r\n"),
        chunk("FFFFFFFFFFFFFFFFF\r\n"), chunk("1\r\nab\r\n"), chunk("1\r\na0\r\n\r\n"),
        chunk("5\nhello", malformed), chunk("5;\nhello", malformed), chunk("1\r\na\n", malformed),
        chunk("0\r\nX : 1\r\n\r\n", header), chunk("0\r\n X: 1\r\n\r\n", header),
        chunk("FFFFFFF\r\n", "refused 413 body_too_large"),
    ]

    @Test(
        "A malformed request is refused the same however it is split",
        arguments: refusedLines + refusedFields + refusedChunks)
    func refuses(_ row: Case) {
        for pieces in everySplit(of: Array(row.input.utf8)) {
            #expect(parse(pieces) == row.events)
        }
    }

    static let limited = [
        Case("the longest target", "GET /789 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /789 [Host=a] "),
        Case("a longer target", "GET /7890 HTTP/1.1\r\nHost: a\r\n\r\n", "refused 414 uri_too_long"),
        Case("an endless target", "GET /" + String(repeating: "x", count: 99), "refused 414 uri_too_long"),
        Case("an endless method", String(repeating: "X", count: 99), "refused 501 unknown_method"),
        Case("the largest header", "GET / HTTP/1.1\r\nHost: 78\r\nB: 23456\r\n\r\n", "GET / [Host=78|B=23456] "),
        Case(
            "a larger header", "GET / HTTP/1.1\r\nHost: 78\r\nB: 234567\r\n\r\n", "refused 431 header_fields_too_large"),
        Case("an endless header", "GET / HTTP/1.1\r\nB: 234567890123456789012", "refused 431 header_fields_too_large"),
        Case("too many fields", "GET / HTTP/1.1\r\nA:\r\nB:\r\nC:\r\n\r\n", "refused 431 header_fields_too_large"),
        Case(
            "the largest body", "POST / HTTP/1.0\r\nContent-Length: 4\r\n\r\n1234",
            "POST / [Content-Length=4] 1234 close"),
        Case("a larger body", "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", "refused 413 body_too_large"),
    ]

    @Test("A limit holds to the byte however the request is split", arguments: limited)
    func limits(_ row: Case) {
        var limits = HTTPLimits()
        limits.maxTargetBytes = 4
        limits.maxHeaderBytes = 20
        limits.maxHeaderCount = 2
        limits.maxBodyBytes = 4
        for pieces in everySplit(of: Array(row.input.utf8)) {
            #expect(parse(pieces, limits: limits) == row.events)
        }
    }

    static let limitedChunks = [
        chunk("3\r\nabc\r\n2\r\n", "refused 413 body_too_large"),
        chunk("1;a=1234\r\na\r\n1;b\r\n", "refused 400 malformed_chunk"),
        chunk("1;a=12345678\r\n", "refused 400 malformed_chunk"),
        chunk("0\r\nA: 1\r\nB: 234\r\n\r\n", "refused 431 header_fields_too_large"),
    ]

    @Test("Chunks, extensions and trailers are bounded over the whole body", arguments: limitedChunks)
    func limitsChunks(_ row: Case) {
        var limits = HTTPLimits()
        limits.maxBodyBytes = 4
        limits.maxChunkExtensionBytes = 8
        limits.maxTrailerBytes = 12
        for pieces in everySplit(of: Array(row.input.utf8)) {
            #expect(parse(pieces, limits: limits) == row.events)
        }
    }
}
