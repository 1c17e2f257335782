import Foundation
import Testing

@testable import HTTPServer

/// Other projects' multipart cases, which are not part of this package.
private enum Corpus {
    struct Row: Decodable, Sendable, CustomTestStringConvertible {
        struct Field: Decodable, Sendable {
            var name: String
            var filename: String?
            var valueBase64: String?
        }

        var name: String
        var contentType: String
        var bodyBase64: String
        var expectFields: [Field]?
        var either: Bool?
        var tier: Int

        /// The RFC allows one outcome only.
        var isDefinite: Bool { tier == 1 && either != true }
        var testDescription: String { name }
    }

    static let url: URL = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = ProcessInfo.processInfo.environment["CLIPSEG_CORPORA"].map { URL(filePath: $0) }
        return (folder ?? package.appending(path: "../shared/corpora")).appending(path: "multipart_cases.json")
    }()

    static let isPresent = FileManager.default.fileExists(atPath: url.path)

    static func rows() throws -> [Row] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([Row].self, from: Data(contentsOf: url))
    }
}

@Suite(.enabled(if: Corpus.isPresent, "set CLIPSEG_CORPORA to the folder that holds multipart_cases.json"))
struct MultipartCorpusTests {
    @Test("Every definite case gives its fields or its error, and none crashes")
    func corpus() throws {
        let rows = try Corpus.rows()
        #expect(!rows.isEmpty)
        for row in rows {
            let body = try #require(Data(base64Encoded: row.bodyBase64))
            let parts = try? MultipartFormData.parse(body: Array(body), contentType: row.contentType)
            guard row.isDefinite else { continue }
            guard let fields = row.expectFields else {
                #expect(parts == nil, "\(row.name) should be refused")
                continue
            }
            // Recorded browser uploads list their fields in an order of their own; large values are given as a digest only.
            let found = (parts ?? []).sorted { $0.name < $1.name }
            let expected = fields.sorted { $0.name < $1.name }
            #expect(found.map(\.name) == expected.map(\.name), "\(row.name)")
            for (part, field) in zip(found, expected) {
                #expect(part.filename == field.filename, "\(row.name)")
                guard let value = field.valueBase64 else { continue }
                #expect(Data(part.body).base64EncodedString() == value, "\(row.name)")
            }
        }
    }
}
