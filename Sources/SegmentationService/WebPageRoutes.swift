import CWebPages
import HTTPServer

/// The pages for browsers: the playground at `/`, and the description of the API at `/docs`, with the files that they load.
///
/// They are constant and say nothing about anybody, so they need no key.
struct WebPageRoutes {
    private struct File {
        let path: String
        let name: String
        let contentType: String
    }

    private static let html = "text/html; charset=utf-8"
    private static let css = "text/css; charset=utf-8"
    private static let script = "text/javascript; charset=utf-8"

    private static let playground = [
        File(path: "/", name: "playground.html", contentType: html),
        File(path: "/playground.css", name: "playground.css", contentType: css),
        File(path: "/playground.js", name: "playground.js", contentType: script),
        File(path: "/box.js", name: "box.js", contentType: script),
        File(path: "/curl.js", name: "curl.js", contentType: script),
        File(path: "/pixels.js", name: "pixels.js", contentType: script),
        File(path: "/png.js", name: "png.js", contentType: script),
        File(path: "/example.jpg", name: "example.jpg", contentType: "image/jpeg"),
    ]
    private static let documentation = [
        File(path: "/docs", name: "docs.html", contentType: html),
        File(path: "/docs.css", name: "docs.css", contentType: css),
        File(path: "/docs.js", name: "docs.js", contentType: script),
        File(path: "/yaml.js", name: "yaml.js", contentType: script),
        File(path: "/style.css", name: "style.css", contentType: css),
    ]

    /// Whether there is a playground.
    let hasPlayground: Bool

    static let paths = Set((playground + documentation).map(\.path))

    func add(to router: inout Router) {
        for file in Self.documentation + (hasPlayground ? Self.playground : []) {
            var response = HTTPResponse(
                status: .ok, headers: Self.headers(contentType: file.contentType), body: Self.bytes(of: file.name))
            response.sharesBody = true
            router.on(.get, file.path) { [response] _ in .now(response) }
        }
    }

    /// Pages load nothing from elsewhere, run only their own scripts, and can't be shown within another page.
    private static func headers(contentType: String) -> HTTPHeaders {
        [
            "Content-Type": contentType,
            "Cache-Control": "no-cache",
            "Content-Security-Policy": """
            default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
            base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """,
            "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        ]
    }

    private static func bytes(of name: String) -> [UInt8] {
        var count = 0
        return Array(UnsafeBufferPointer(start: clipseg_web_page(name, &count), count: count))
    }
}
