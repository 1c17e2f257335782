import Foundation

/// JSON as answers have it.
enum JSONFile {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return [UInt8](try encoder.encode(value))
    }
}

extension [UInt8] {
    /// The bytes in base64.
    var base64: String { Data(self).base64EncodedString() }
}
