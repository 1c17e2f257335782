@testable import HTTPServer

extension FuzzTarget {
    /// A connection's bytes. What is read does not depend on how they arrive, stays within the limits, and written down
    /// again in the plainest way is read as the same.
    static let requestParser = FuzzTarget(maxLength: 2048) { bytes in
        for limits in [HTTPLimits(), .small] {
            let readings = waysToFeed(bytes).map { Reading($0, limits: limits) }
            require(allEqual(readings), "the same requests however the bytes arrive")
            for request in readings[0].requests {
                require(request.body.count <= limits.maxBodyBytes, "no more body than allowed")
                require(request.headers.count <= limits.maxHeaderCount, "no more headers than allowed")
                require(request.target.utf8.count <= limits.maxTargetBytes, "no longer target than allowed")
                let again = Reading([request.plainly[...]], limits: HTTPLimits())
                require(again.requests == [request] && again.refusal == nil, "what is written is what was read")
            }
        }
    }
}

extension HTTPLimits {
    /// Limits that short inputs can reach.
    static let small = {
        var limits = HTTPLimits()
        limits.maxTargetBytes = 24
        limits.maxHeaderBytes = 96
        limits.maxHeaderCount = 4
        limits.maxBodyBytes = 20
        limits.maxChunkExtensionBytes = 12
        limits.maxTrailerBytes = 24
        return limits
    }()
}

/// What the parser makes of some pieces.
private struct Reading: Equatable {
    var requests: [Request] = []
    var refusal: HTTPProblem?
    var isIdle = true

    init(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits) {
        var parser = RequestParser(limits: limits)
        for piece in pieces {
            var rest = piece
            while !rest.isEmpty {
                do {
                    let bytes = Array(rest)
                    rest = rest.dropFirst(try parser.consume(bytes.span))
                } catch {
                    refusal = error
                    return
                }
                if let (head, body) = parser.take() { requests.append(Request(head, body)) }
            }
        }
        isIdle = parser.isIdle
    }
}

private struct Request: Equatable {
    let method: HTTPMethod
    let target: String
    let isHTTP10: Bool
    let headers: HTTPHeaders
    let isChunked: Bool
    let allowsKeepAlive: Bool
    let body: [UInt8]

    init(_ head: RequestHead, _ body: [UInt8]) {
        method = head.line.method
        target = head.line.target.raw
        isHTTP10 = head.line.isHTTP10
        headers = head.headers
        isChunked = head.framing == .chunked
        allowsKeepAlive = head.allowsKeepAlive
        self.body = body
    }

    var plainly: [UInt8] {
        let fields = headers.map { "\($0.name): \($0.value)\r\n" }.joined()
        let text = "\(method.rawValue) \(target) HTTP/1.\(isHTTP10 ? 0 : 1)\r\n\(fields)\r\n"
        let head = text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
        guard isChunked else { return head + body }
        let chunk = body.isEmpty ? [] : "\(String(body.count, radix: 16))\r\n".utf8 + body + "\r\n".utf8
        return head + chunk + "0\r\n\r\n".utf8
    }
}
