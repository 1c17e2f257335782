import Foundation
import HTTPServer
import Testing

@testable import SegmentationService

@Suite struct DocumentedRoutesTests {
    /// The methods of each path in a description: two spaces before a path, four before a method.
    private static func methods(in document: String) -> [String: Set<HTTPMethod>] {
        var methods: [String: Set<HTTPMethod>] = [:]
        var path: String?
        for line in document.split(separator: "\n").drop(while: { $0 != "paths:" }).dropFirst() {
            guard line.hasPrefix(" ") || line.hasPrefix("#") else { break }
            if line.hasPrefix("  /"), line.hasSuffix(":") { path = String(line.dropFirst(2).dropLast()) }
            guard let path, line.hasPrefix("    "), line.hasSuffix(":") else { continue }
            if let method = HTTPMethod(rawValue: line.dropFirst(4).dropLast().uppercased()) {
                methods[path, default: []].insert(method)
            }
        }
        return methods
    }

    @Test("openapi.yaml describes the routes that there are, and no others")
    func routes() {
        let documented = Self.methods(in: String(decoding: OpenAPIDocument.bytes, as: UTF8.self))
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        // Pages load files that nobody else asks for.
        let files = WebPageRoutes.paths.subtracting(documented.keys)
        #expect(documented == service.methodsByPath.filter { !files.contains($0.key) })
        #expect(documented["/v1/segment"] == [.post])
    }
}
