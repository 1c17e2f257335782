import Testing

@testable import HTTPServer

@Suite struct QueryItemsTests {
    @Test(
        "A query is decoded in order, repeats kept",
        arguments: [
            ("", []), ("&&", []), ("a", [("a", "")]), ("a=1&b=2&a=3", [("a", "1"), ("b", "2"), ("a", "3")]),
            ("a=b=c", [("a", "b=c")]), ("=x", [("", "x")]), ("a+b=c+d%2B", [("a b", "c d+")]),
            ("prompt=une%20t%C3%A9l%C3%A9", [("prompt", "une télé")]), ("%26=%3D", [("&", "=")]),
        ] as [(String, [(String, String)])])
    func decodes(_ text: String, _ items: [(String, String)]) throws {
        let query = try QueryItems(decoding: text)
        #expect(Array(query) == items.map { QueryItems.Item(name: $0.0, value: $0.1) })
    }

    @Test("A bad percent-encoding is refused", arguments: ["%", "a=%", "a=%4", "%g0=1", "a=%C3", "a=%00"])
    func refuses(_ text: String) {
        let problem = #expect(throws: HTTPProblem.self) { try QueryItems(decoding: text) }
        #expect(problem?.status == .badRequest)
    }

    @Test("A query has 512 pairs at most", arguments: ["a", "a=1&&", "\u{301}"]) func many(_ pair: String) throws {
        let most = Array(repeating: pair, count: 512).joined(separator: "&")
        #expect(try QueryItems(decoding: most).count == 512)
        let problem = #expect(throws: HTTPProblem.self) { try QueryItems(decoding: most + "&b") }
        #expect(problem?.status == .badRequest && problem?.code == "too_many_parameters")
    }

    @Test("Values are found by name") func finds() throws {
        let query = try QueryItems(decoding: "prompt=a&x=1&prompt=b")
        #expect(query["prompt"] == "a")
        #expect(query.values(of: "prompt") == ["a", "b"])
        #expect(query["y"] == nil)
    }
}

@Suite struct RequestTargetTests {
    @Test(
        "A target gives a decoded path and its query",
        arguments: [
            ("/", "/", 0), ("/a%20b/c", "/a b/c", 0), ("/a%2Fb", "/a%2Fb", 0), ("/a%2fb", "/a%2fb", 0),
            ("/a%252Fb", "/a%252Fb", 0), ("/a+b", "/a+b", 0), ("/a?b&c", "/a", 2), ("/?", "/", 0),
            ("http://h", "/", 0), ("HTTPS://h:1?x", "/", 1), ("http://[::1]/p?x=%2F", "/p", 1), ("/a?b?c", "/a", 1),
        ])
    func decodes(_ target: String, _ path: String, _ queryCount: Int) throws {
        let request = try HTTPRequest(method: .get, target: target)
        #expect(request.path == path)
        #expect(request.query.count == queryCount)
        #expect(request.target == target)
    }
}

@Suite struct AuthorityTests {
    @Test(
        "A host with or without port is valid",
        arguments: [
            "", "a", "example.com", "example.com.", "a_b-c", "127.0.0.1", "127.0.0.1:8080", "a:", "a:65535", "[::]",
            "[::1]:80",
            "[1:2:3:4:5:6:7:8]", "[1::8]", "[::ffff:1.2.3.4]", "[1:2:3:4:5:6:1.2.3.4]", "%41b", "a,b",
            "xn--tda.example",
        ])
    func accepts(_ text: String) { #expect(Authority.isValid(text)) }

    @Test(
        "Anything else is not",
        arguments: [
            "a b", "a/b", "u@a", "a:b", "a:65536", "a:1.2", ":80", "a:80:80", "[::1", "::1", "[]", "[:::1]",
            "[1::2::3]", "[1]",
            "[1:2:3:4:5:6:7:8:9]", "[g::]", "[::1]x", "[::1.2.3]", "[::1.2.3.256]", "%4", "a%zz", "a?b", "a\\b", "é",
            "[12345::]",
        ])
    func refuses(_ text: String) { #expect(!Authority.isValid(text)) }
}

@Suite struct ParameterizedValueTests {
    @Test(
        "Parameters are tokens or quoted strings, their names in any case",
        arguments: [
            ("text/plain; charset=utf-8", "utf-8"), ("text/plain;CHARSET=\"utf-8\"", "utf-8"),
            ("text/plain; ;charset=\"a;b\"", "a;b"), (#"x; charset="a\"b\\c""#, #"a"b\c"#),
            (#"x; charset="C:\dir\file""#, #"C:\dir\file"#), ("x; charset=\"\"", ""), ("x; charset=é", nil),
            ("text/plain", nil), ("x; charset", nil), ("x; charset=", nil), ("x; charset=\"a", nil),
            ("x; charset=a; charset=b", nil), ("x; charset=a b", nil), ("; charset=a", nil),
        ] as [(String, String?)])
    func parses(_ text: String, _ charset: String?) {
        #expect(ParameterizedValue(parsing: text)?["charset"] == charset)
    }
}
