import HTTPServer
import Testing

@testable import SegmentationService

@Suite struct AcceptHeaderTests {
    @Test(
        "The most specific range decides whether a type is taken",
        arguments: [
            (nil, true), ("image/png", true), ("IMAGE/PNG ; q=0.1", true), ("image/*", true), ("*/*", true),
            ("text/html", false), ("text/*, application/json", false), ("image/png;q=0", false),
            ("image/png;q=0, */*", false), ("*/*, image/png; q=0.000", false), ("image/*;q=0, */*", false),
            ("image/*;q=0, image/png", true), ("*/*;q=0, image/*;q=0.5", true), ("*/*;q=0", false),
            ("image/jpeg;q=0, */*", true), ("image/png;level=1;q=0, */*", true), ("image/png;level=1", true),
            ("image/png, image/png;q=0", true),
        ] as [(String?, Bool)])
    func ranges(header: String?, isAllowed: Bool) throws {
        var request = try HTTPRequest(method: .post, target: "/v1/segment")
        if let header { request.headers["Accept"] = header }
        #expect(AcceptHeader(request).allows("image/png") == isAllowed)
    }
}
