import Foundation
import Testing

@testable import HTTPServer

@Suite struct HTTPHeadersTests {
    @Test("Names compare without case, repeats and order are kept") func lookup() {
        var headers: HTTPHeaders = ["Accept": "a", "X": "1", "accept": "b, c,, "]
        #expect(headers["ACCEPT"] == "a")
        #expect(headers.values(of: "accept") == ["a", "b, c,, "])
        #expect(headers.list(of: "Accept") == ["a", "b", "c"])
        headers["accept"] = "d"
        #expect(headers.map(\.name) == ["X", "accept"])
        headers["x"] = nil
        #expect(headers.map(\.value) == ["d"])
    }

    @Test(
        "A media type is two tokens, in lower case and without its parameters",
        arguments: [
            ("image/png", "image/png"), (" Image/PNG ;q=1", "image/png"),
            ("multipart/form-data; boundary=\"", "multipart/form-data"),
            ("i m a g e/png", nil), ("image /png", nil), ("image", nil), ("image/", nil), ("a/b/c", nil), ("", nil),
            (";a/b", nil),
            ("im\u{E9}/png", nil), ("a/" + String(repeating: "b", count: 128), nil),
        ] as [(String, String?)])
    func mediaType(_ field: String, _ type: String?) {
        let headers: HTTPHeaders = ["content-type": field]
        #expect(headers.mediaType == type)
        #expect(HTTPHeaders().mediaType == nil)
    }

    @Test(
        "Members of lists are found without case, on any line, whatever stands between",
        arguments: [
            ("close", true), ("a, Close ", true), ("a,,\tCLOSE,b", true), ("", false), (" , ", false),
            ("closed", false), ("clos", false), ("a close", false), ("\"close\"", false),
        ])
    func members(_ value: String, _ isThere: Bool) {
        let headers: HTTPHeaders = ["Connection": "keep-alive", "X": "close", "connection": value]
        #expect(headers.list(of: "Connection", has: "close") == isThere)
        #expect(headers.list(of: "Connection", has: "keep-alive"))
    }
}

@Suite struct HTTPProblemTests {
    @Test("A problem is valid JSON whatever its text") func json() throws {
        let text = "quote \" backslash \\ newline \n control \u{1} é 🐈 </script>"
        let problem = HTTPProblem(
            status: .badRequest, code: "bad", detail: text, instance: "/v1/segment", parameter: "threshold",
            headers: ["Retry-After": "1"])
        let response = problem.response
        #expect(response.headers["Content-Type"] == "application/problem+json")
        #expect(response.headers["Retry-After"] == "1")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(object["detail"] as? String == text)
        #expect(object["status"] as? Int == 400)
        #expect(object["title"] as? String == "Bad Request")
        #expect(object["type"] as? String == "about:blank")
        #expect(object["instance"] as? String == "/v1/segment")
        #expect(object["parameter"] as? String == "threshold")
        #expect(object["code"] as? String == "bad")
    }

    @Test(
        "The path is told as a URI reference, and means the same",
        arguments: [
            ("/v1/segment", "/v1/segment"), ("/a b", "/a%20b"), ("/100%25?#[", "/100%25%3F%23%5B"),
            ("/a%2Fb%2f", "/a%2Fb%2f"),
            ("/~!$&'()*+,;=:@", "/~!$&'()*+,;=:@"), ("/é\n", "/%C3%A9%0A"), ("*", "*"),
        ])
    func instance(_ path: String, _ reference: String) throws {
        let problem = HTTPProblem(status: .notFound, code: "not_found", detail: "-", instance: path)
        let object = try JSONSerialization.jsonObject(with: Data(problem.response.body)) as? [String: Any]
        #expect(object?["instance"] as? String == reference)
        #expect(try PercentEncoding.decode(path: reference[...]) == path)
    }
}

@Suite struct HTTPDateTests {
    @Test(
        "Seconds since 1970 become an IMF-fixdate",
        arguments: [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (4_102_444_800, "Fri, 01 Jan 2100 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        ])
    func formats(_ seconds: Int, _ text: String) {
        #expect(HTTPDate.format(secondsSince1970: seconds) == text)
    }
}

@Suite struct RequestIDTests {
    @Test("Identifiers have sixteen hexadecimal digits and do not repeat") func unique() {
        var ids = RequestIDGenerator(seed: 7)
        let some = (0..<1000).map { _ in ids.next() }
        #expect(Set(some).count == 1000)
        #expect(some.allSatisfy { $0.count == 16 && $0.utf8.allSatisfy { $0.hexValue != nil } })
    }
}

@Suite struct OutputBufferTests {
    @Test("Heads and bodies leave in order, in whatever pieces", arguments: [0, 10, 16 * 1024, 16 * 1024 + 1, 50_000])
    func order(_ size: Int) {
        let body = (0..<size).map { UInt8(truncatingIfNeeded: $0) }
        var output = OutputBuffer()
        output.append(head: Array("100".utf8))
        output.append(head: Array("head".utf8), body: body)
        var sent: [UInt8] = []
        while !output.isEmpty {
            let next = output.next
            let count = min(next.bytes.count, 7777)
            sent += next.bytes.prefix(count)
            output.didSend(count)
        }
        #expect(sent == Array("100head".utf8) + body)
    }
}

@Suite struct RouterTests {
    private var router: Router {
        var router = Router()
        router.on(.get, "/a") { .now(HTTPResponse(text: "got \($0.query["x"] ?? "")")) }
        router.on(.post, "/a") { .now(HTTPResponse(text: "posted \($0.body.count)")) }
        router.on(.post, "/b") { _ in .now(HTTPResponse(text: "b")) }
        return router
    }

    private func reply(_ method: HTTPMethod, _ target: String) throws -> HTTPResponse {
        let request = try HTTPRequest(method: method, target: target, body: [1, 2])
        guard case .now(let response) = router.reply(to: request) else { throw HTTPServerError.alreadyStarted }
        return response
    }

    @Test(
        "A request goes to the handler of its path and method",
        arguments: [
            (HTTPMethod.get, "/a?x=1", "got 1"), (.head, "/a", "got "), (.post, "/a", "posted 2"), (.post, "/b", "b"),
        ])
    func routes(_ method: HTTPMethod, _ target: String, _ text: String) throws {
        let response = try reply(method, target)
        #expect(response.status == .ok)
        #expect(String(decoding: response.body, as: UTF8.self) == text)
    }

    @Test(
        "What has no handler is 404 or 405, OPTIONS tells what has",
        arguments: [
            (HTTPMethod.get, "/c", 404, nil), (.get, "/a/", 404, nil), (.get, "/A", 404, nil),
            (.put, "/a", 405, "GET, HEAD, POST, OPTIONS"), (.query, "/a", 405, "GET, HEAD, POST, OPTIONS"),
            (.get, "/b", 405, "POST, OPTIONS"),
            (.head, "/b", 405, "POST, OPTIONS"), (.options, "/a", 204, "GET, HEAD, POST, OPTIONS"),
            (.options, "*", 204, "GET, HEAD, POST, OPTIONS"), (.options, "/c", 404, nil),
        ] as [(HTTPMethod, String, Int, String?)])
    func refuses(_ method: HTTPMethod, _ target: String, _ status: Int, _ allow: String?) throws {
        let response = try reply(method, target)
        #expect(response.status.code == status)
        #expect(response.headers["Allow"] == allow)
    }

    #if DEBUG
    @Test("An answer of a status that its route does not list stops a program built for debugging")
    func unlistedStatus() async {
        await #expect(processExitsWith: .failure) {
            var router = Router()
            router.on(.get, "/a", answering: [.notFound]) { _ in .now(HTTPResponse(text: "")) }
            _ = router.reply(to: try HTTPRequest(method: .get, target: "/a"))
        }
    }
    #endif
}
