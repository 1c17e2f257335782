/// Writes responses as HTTP/1.1 messages (RFC 9112 §4).
enum ResponseEncoder {
    /// What the exchange, rather than the handler, decides about a response.
    struct Context {
        var requestID: String
        var date: String
        var isHead: Bool
        /// The connection stays open after this response.
        var keepsAlive: Bool
        /// The client speaks HTTP/1.0 and must be told that the connection stays open (RFC 9112 §9.3).
        var isHTTP10: Bool
    }

    static func encode(_ response: HTTPResponse, context: Context, into output: inout OutputBuffer) {
        var head: [UInt8] = []
        head.reserveCapacity(256)
        head += "HTTP/1.1 ".utf8
        append(decimal: response.status.code, to: &head)
        head.append(.space)
        head += response.status.reason.utf8
        head += "\r\nDate: ".utf8
        head += context.date.utf8
        head += "\r\nX-Request-Id: ".utf8
        head += context.requestID.utf8
        if !context.keepsAlive {
            head += "\r\nConnection: close".utf8
        } else if context.isHTTP10 {
            head += "\r\nConnection: keep-alive".utf8
        }
        // RFC 9110 §8.6: no Content-Length where there can be no content.
        if !response.status.forbidsContent {
            head += "\r\nContent-Length: ".utf8
            append(decimal: response.body.count, to: &head)
        }
        head += "\r\n".utf8
        for field in response.headers where !isOurs(field.name) {
            append(field, to: &head)
        }
        head += "\r\n".utf8
        let hasContent = !context.isHead && !response.status.forbidsContent
        output.append(head: head, body: hasContent ? response.body : [], bodyIsShared: response.sharesBody)
    }

    /// The interim response that asks for the content (RFC 9110 §15.2.1).
    static let `continue` = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// The fields that say how the message is framed and whose it is.
    private static func isOurs(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.equalsIgnoringCase("Date")
        case 10: name.equalsIgnoringCase("Connection")
        case 12: name.equalsIgnoringCase("X-Request-Id")
        case 14: name.equalsIgnoringCase("Content-Length")
        case 17: name.equalsIgnoringCase("Transfer-Encoding")
        default: false
        }
    }

    /// What a handler put into a field must not be able to end it: CR, LF, NUL and their like become a space
    /// (RFC 9110 §5.5), and a name that is no token is not sent.
    private static func append(_ field: HTTPHeaders.Field, to head: inout [UInt8]) {
        guard field.name.isToken else { return }
        head += field.name.utf8
        head += ": ".utf8
        for byte in field.value.utf8 { head.append(byte.isFieldContent ? byte : .space) }
        head += "\r\n".utf8
    }

    private static func append(decimal number: Int, to head: inout [UInt8]) {
        head += String(number).utf8
    }
}
