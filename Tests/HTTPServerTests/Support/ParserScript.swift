@testable import HTTPServer

/// What the parser makes of some input, in words: one line for each request, then a refusal or what is left over.
func parse(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits = HTTPLimits()) -> [String] {
    var parser = RequestParser(limits: limits)
    var events: [String] = []
    for piece in pieces {
        var rest = piece
        while !rest.isEmpty {
            do {
                let bytes = Array(rest)
                rest = rest.dropFirst(try parser.consume(bytes.span))
            } catch {
                return events + ["refused \(error.status.code) \(error.code)"]
            }
            if let (head, body) = parser.take() { events.append(describe(head, body)) }
        }
    }
    if !parser.isIdle { events.append("incomplete") }
    return events
}

private func describe(_ head: RequestHead, _ body: [UInt8]) -> String {
    let fields = head.headers.map { "\($0.name)=\($0.value)" }.joined(separator: "|")
    return "\(head.line.method.rawValue) \(head.line.target.raw) [\(fields)] \(String(decoding: body, as: UTF8.self))"
        + (head.allowsKeepAlive ? "" : " close")
}

/// Every way to feed input that must make no difference: whole, cut in two anywhere, and byte by byte.
func everySplit(of input: [UInt8]) -> [[ArraySlice<UInt8>]] {
    let halves = input.indices.map { [input[..<$0], input[$0...]] }
    return [[input[...]]] + halves + [input.indices.map { input[$0...$0] }]
}
