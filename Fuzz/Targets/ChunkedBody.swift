@testable import HTTPServer

extension FuzzTarget {
    /// A chunked body. What is read does not depend on how it arrives, stays within the limit, and cut into other chunks
    /// is the same.
    static let chunkedBody = FuzzTarget(maxLength: 1024) { bytes in
        for limits in [HTTPLimits(), .small] {
            let readings = waysToFeed(bytes).map { Reading($0, limits: limits) }
            require(allEqual(readings), "the same body however the bytes arrive")
            let body = readings[0].body
            require(body.count <= limits.maxBodyBytes, "no more body than allowed")
            let again = Reading([chunked(body)[...]], limits: limits)
            require(again.isComplete && again.body == body, "other chunks, the same body")
        }
    }

    private static func chunked(_ body: [UInt8]) -> [UInt8] {
        let halves = [body[..<(body.count / 2)], body[(body.count / 2)...]].filter { !$0.isEmpty }
        return halves.flatMap { "\(String($0.count, radix: 16));a=\"b\"\r\n".utf8 + $0 + "\r\n".utf8 }
            + "0\r\n\r\n".utf8
    }
}

private struct Reading: Equatable {
    var body: [UInt8] = []
    var isComplete = false
    var refusal: HTTPProblem?
    var bytesRead = 0

    init(_ pieces: [ArraySlice<UInt8>], limits: HTTPLimits) {
        var decoder = ChunkedDecoder(limits: limits)
        for piece in pieces where !isComplete {
            let bytes = Array(piece)
            var position = 0
            do {
                isComplete = try decoder.read(bytes.span, at: &position, into: &body)
            } catch {
                refusal = error
                // How far a refused body was read is nobody's business.
                bytesRead = 0
                return
            }
            bytesRead += position
        }
    }
}
