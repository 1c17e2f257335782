import Foundation
import HTTPServer
import Testing

@testable import SegmentationService

@Suite struct EncodedFileTests {
    private static let bytes = [UInt8](0...255) + [0xFB, 0xFF]
    private static let base64 = Data(bytes).base64EncodedString()

    @Test(
        "Base64 is decoded, plain, wrapped or in a data URL",
        arguments: [
            base64, " \(base64)\n", Data(bytes).base64EncodedString(options: [.lineLength76Characters]),
            "data:image/png;base64,\(base64)", "DATA:;charset=x;BASE64,\(base64)", "data:;base64,\(base64)",
        ])
    func decoded(text: String) throws {
        #expect(try EncodedFile.decode(text, parameter: "image") == Self.bytes)
    }

    @Test("An empty string is an empty file", arguments: ["", " \n", "data:;base64,"])
    func empty(text: String) throws {
        #expect(try EncodedFile.decode(text, parameter: "image").isEmpty)
    }

    @Test(
        "What is no base64 is refused by name, saying what to do",
        arguments: [
            ("hello world!", "not base64"), ("QQ", "padded"), ("QQ=", "padded"), ("-_8=", "+ and /"),
            ("Q=Q=", "not base64"),
            ("QQ==QQ==", "not base64"), ("é", "not base64"), ("data:image/png;base64", "without a comma"),
            ("data:,hello", "not in base64"), ("data:text/plain;charset=x,QQ==", "not in base64"),
            ("https://example.org/cat.png", "web address"), ("HTTP://x", "web address"),
            ("data:;base64,data:;base64,QQ==", "not base64"),
        ])
    func refused(text: String, mention: String) {
        let problem = #expect(throws: HTTPProblem.self) { try EncodedFile.decode(text, parameter: "image") }
        #expect(problem?.status == .badRequest && problem?.code == "invalid_parameter" && problem?.parameter == "image")
        #expect(problem?.detail.contains(mention) == true)
    }

    @Test("Files are taken out of JSON, and refused by their path")
    func fields() throws {
        var fields = try JSONFields(parsing: Array(#"{"a":"QQ==","b":["QQ==","Qg=="],"c":"QQ==","d":"?"}"#.utf8))
        #expect(try fields.file("a") == [0x41])
        #expect(try fields.files("b") == [[0x41], [0x42]])
        #expect(try fields.files("c") == [[0x41]])
        #expect(try fields.file("none") == nil && fields.files("none").isEmpty)
        let problem = #expect(throws: HTTPProblem.self) { try fields.file("d") }
        #expect(problem?.parameter == "d")
    }
}
