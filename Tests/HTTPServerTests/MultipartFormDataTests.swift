import Testing

@testable import HTTPServer

@Suite struct MultipartFormDataTests {
    private static let type = "multipart/form-data; boundary=b"

    private func parse(
        _ body: String, type: String = type, limits: MultipartLimits = MultipartLimits()
    ) throws -> [MultipartFormData.Part] {
        try MultipartFormData.parse(body: Array(body.utf8), contentType: type, limits: limits)
    }

    private func field(_ name: String, _ content: String) -> String {
        "--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(content)\r\n"
    }

    @Test("A form gives its fields and files in order") func parsesForm() throws {
        let file = """
            --b\r
            content-disposition: form-data; name=image; filename="a \\"cat\\".png"\r
            Content-Type: image/png\r
            \r
            \u{1}\r\n--\r\nbytes\r

            """
        let parts = try parse(field("prompt", "a cat") + file + field("prompt", "") + "--b--\r\n")
        #expect(parts.map(\.name) == ["prompt", "image", "prompt"])
        #expect(parts.map(\.filename) == [nil, "a \"cat\".png", nil])
        #expect(parts.map(\.contentType) == [nil, "image/png", nil])
        #expect(parts.map(\.text) == ["a cat", "\u{1}\r\n--\r\nbytes", ""])
    }

    @Test("Preamble, epilogue, padding and an absent body are allowed")
    func toleratesWhatTheRFCAllows() throws {
        let parts = try parse(
            "preamble\r\n--b \t\r\nContent-Disposition: form-data; name=x\r\n\r\n--b--epilogue\r\n" + field("y", "1"))
        #expect(parts.map(\.name) == ["x"])
        #expect(parts.map(\.text) == [""])
    }

    @Test("What only resembles the boundary is content")
    func almostBoundary() throws {
        let content = "--b\r--b--\n--b\r\n--a\r\n--bb\r\n--b-\r\n -b"
        #expect(try parse(field("x", content) + "--b--").map(\.text) == [content])
    }

    @Test(
        "A malformed or truncated body is refused",
        arguments: [
            "", "--b", "--b\r\n", "x--b--", "--b\r\n--b--", "--b\r\n\r\nx\r\n--b--",
            "--b\nContent-Disposition: form-data; name=x",
            "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition: attachment; name=x\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition : form-data; name=x\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition: form-data;\r\n name=x\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=x\r\nContent-Disposition: form-data; name=y\r\n\r\n1\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=x\n\n1\r\n--b--",
            "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n--b",
            "--b\r\nContent-Disposition: form-data; name=x\r\n\r\n1\r\n",
        ])
    func refuses(_ body: String) {
        let problem = #expect(throws: HTTPProblem.self) { try parse(body) }
        #expect(problem?.status == .badRequest)
    }

    @Test(
        "Parts within parts are refused by name", arguments: ["multipart/mixed; boundary=c", "Multipart/Alternative"])
    func nested(_ type: String) throws {
        let body = """
            --b\r
            Content-Disposition: form-data; name="pictures"\r
            Content-Type: \(type)\r
            \r
            --c\r
            Content-Disposition: attachment; filename=a.png\r
            \r
            1\r
            --c--\r
            --b--
            """
        let problem = try #require(throws: HTTPProblem.self) { try parse(body) }
        #expect(problem.status == .badRequest && problem.code == "malformed_multipart")
        #expect(problem.parameter == "pictures" && problem.detail.contains("“pictures” is multipart/"))
    }

    @Test(
        "The Content-Type must be that of a form, with a proper boundary",
        arguments: [
            ("multipart/form-data", 400), ("multipart/form-data; boundary=", 400),
            ("multipart/form-data; boundary=\"b \"", 400),
            ("multipart/form-data; boundary=\"b!\"", 400), ("multipart/mixed; boundary=b", 415), ("text/plain", 415),
            ("", 400),
            ("multipart/form-data; boundary=" + String(repeating: "b", count: 71), 400),
        ])
    func refusesType(_ type: String, _ status: Int) {
        let problem = #expect(throws: HTTPProblem.self) { try parse("--b--", type: type) }
        #expect(problem?.status.code == status)
    }

    @Test("Limits on parts, headers, fields and files are kept")
    func limits() throws {
        var limits = MultipartLimits()
        limits.maxParts = 2
        limits.maxHeaderBytes = 80
        limits.maxFieldBytes = 3
        limits.maxFileBytes = 4
        let file = "--b\r\nContent-Disposition: form-data; name=x; filename=f\r\n\r\n1234\r\n--b--"
        #expect(try parse(field("x", "123") + file, limits: limits).count == 2)
        let tooMuch = [
            field("x", "1234") + "--b--", file.replacing("1234", with: "12345"),
            field("x", "1") + field("x", "2") + field("x", "3") + "--b--",
            field(String(repeating: "x", count: 80), "1") + "--b--",
        ]
        for body in tooMuch {
            let problem = #expect(throws: HTTPProblem.self) { try parse(body, limits: limits) }
            #expect(problem?.status == .contentTooLarge)
        }
    }

    @Test("Every truncation of a form is refused, none crashes") func truncations() throws {
        let body = Array((field("x", "1") + field("y", "2") + "--b--").utf8)
        for end in body.indices {
            #expect(throws: HTTPProblem.self) {
                try MultipartFormData.parse(body: Array(body[..<end]), contentType: Self.type)
            }
        }
    }
}
