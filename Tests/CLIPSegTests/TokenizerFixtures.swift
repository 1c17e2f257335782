import Foundation
import Testing

@testable import CLIPSeg

/// The demo model's vocabulary with its golden tables, and temporary checkpoint folders made from it.
enum TokenizerFixtures {
    static let folder = Bundle.module.bundleURL.appending(path: "Fixtures/tokenizer")

    static func bytes(of name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: folder.appending(path: name)))
    }

    static func tokenizer() throws -> CLIPSegTokenizer {
        try CLIPSegTokenizer(vocabulary: bytes(of: "vocab.json"), merges: bytes(of: "merges.txt"))
    }

    /// The rows of a file of JSON lines.
    static func rows<Row: Decodable>(of type: Row.Type, in file: URL) throws -> [Row] {
        try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(type, from: $0)
        }
    }

    /// Runs `body` with the path of a folder that holds `files` and is removed afterwards.
    static func withFolder<Result>(
        of files: [String: [UInt8]], _ body: (String) throws -> Result
    ) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "clipseg-tokenizer-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, bytes) in files {
            try Data(bytes).write(to: folder.appending(path: name))
        }
        return try body(folder.path)
    }

    /// The saved `tokenizer.json` after `edit` has changed its top-level object.
    static func tokenizerJSON(editing edit: (inout [String: Any]) -> Void) throws -> [UInt8] {
        let saved = try JSONSerialization.jsonObject(with: Data(bytes(of: "tokenizer.json")))
        var object = try #require(saved as? [String: Any])
        edit(&object)
        return try [UInt8](JSONSerialization.data(withJSONObject: object))
    }
}

/// A text and the ids that transformers gives it.
struct EncodedText: Decodable {
    let text: String
    let ids: [Int]

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        text = try row.decode(String.self)
        ids = try row.decode([Int].self)
    }
}

/// Ids and the texts that transformers makes of them.
struct DecodedIDs: Decodable {
    let ids: [Int]
    let text: String
    let textWithoutSpecialTokens: String

    init(from decoder: any Decoder) throws {
        var row = try decoder.unkeyedContainer()
        ids = try row.decode([Int].self)
        text = try row.decode(String.self)
        textWithoutSpecialTokens = try row.decode(String.self)
    }
}
