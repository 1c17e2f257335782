import Foundation
import HTTPServer
import Testing

@testable import SegmentationService

@Suite struct WebPageRoutesTests {
    private static let pages = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Sources/CWebPages/pages")

    private static func service(
        hasPlayground: Bool = true, _ change: (inout AccessRules) -> Void = { _ in }
    ) -> SegmentationService {
        var rules = AccessRules()
        change(&rules)
        return SegmentationService(
            requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules, hasPlayground: hasPlayground)
    }

    @Test(
        "Pages and what they load are the files of the repository, of the right type",
        arguments: [
            ("/", "playground.html", "text/html; charset=utf-8"), ("/docs", "docs.html", "text/html; charset=utf-8"),
            ("/playground.css", "playground.css", "text/css; charset=utf-8"),
            ("/playground.js", "playground.js", "text/javascript; charset=utf-8"),
            ("/box.js", "box.js", "text/javascript; charset=utf-8"),
            ("/curl.js", "curl.js", "text/javascript; charset=utf-8"),
            ("/pixels.js", "pixels.js", "text/javascript; charset=utf-8"),
            ("/png.js", "png.js", "text/javascript; charset=utf-8"),
            ("/docs.css", "docs.css", "text/css; charset=utf-8"),
            ("/docs.js", "docs.js", "text/javascript; charset=utf-8"),
            ("/yaml.js", "yaml.js", "text/javascript; charset=utf-8"),
            ("/style.css", "style.css", "text/css; charset=utf-8"),
        ])
    func files(path: String, name: String, contentType: String) async throws {
        let response = try await Self.service().get(path)
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == contentType)
        #expect(try Data(response.body) == Data(contentsOf: Self.pages.appendingPathComponent(name)))
    }

    @Test("The example is a picture")
    func example() async throws {
        let response = try await Self.service().get("/example.jpg")
        #expect(response.headers["Content-Type"] == "image/jpeg")
        #expect(response.body == (try ServiceFixture.scene("scene-2023.jpg")))
    }

    @Test(
        "Browsers are told to run only the page's own scripts, and to show it in no other page",
        arguments: ["/", "/docs"])
    func policy(path: String) async throws {
        let headers = try await Self.service().get(path).headers
        let policy = try #require(headers["Content-Security-Policy"])
        let directives = policy.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
        for directive in [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
            "form-action 'none'", "frame-ancestors 'none'",
        ] {
            #expect(directives.contains(directive))
        }
        #expect(!policy.contains("unsafe"))
        #expect(headers["X-Content-Type-Options"] == "nosniff")
        #expect(headers["Referrer-Policy"] == "no-referrer")
    }

    @Test("Pages name nothing that is elsewhere, and hold no script or style of their own", arguments: ["/", "/docs"])
    func selfContained(path: String) async throws {
        let page = try await Self.service().get(path).text
        let links = page.matches(of: /(?:src|href)="([^"]*)"/).map { String($0.output.1) }
        #expect(links.count > 3)
        #expect(links.allSatisfy { !$0.contains("//") || $0.hasPrefix("data:image/svg+xml,") })
        #expect(page.matches(of: /<script(?![^>]* src=)|<style|\son[a-z]+=|\sstyle=/).isEmpty)
        for link in links where !link.hasPrefix("#") && !link.hasPrefix("data:") {
            #expect(try await Self.service().get("/" + link).status == .ok, "\(link)")
        }
    }

    @Test("Without a playground there is none, but the documentation stays")
    func off() async throws {
        let service = Self.service(hasPlayground: false)
        for path in ["/", "/playground.js", "/box.js", "/playground.css", "/example.jpg"] {
            #expect(try await service.get(path).status == .notFound)
        }
        #expect(try await service.get("/docs").status == .ok)
        #expect(try await service.get("/style.css").status == .ok)
    }

    @Test("Pages need no key: they ask for it")
    func keys() async throws {
        let keys = try APIKeyStore { Array("alice:0123456789abcdef".utf8) }
        let service = Self.service {
            $0.keys = keys
            $0.protectsHealth = true
        }
        for path in WebPageRoutes.paths { #expect(try await service.get(path).status == .ok, "\(path)") }
        #expect(try await service.get("/v1/model").status == .unauthorized)
    }
}
