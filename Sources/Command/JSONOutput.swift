import Foundation

/// JSON for people and programs.
enum JSONOutput {
    static func write(_ value: some Encodable, to path: String?) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try Files.write(Array(try encoder.encode(value)) + Array("\n".utf8), to: path)
    }
}
