internal import Foundation

/// Bounded reading of a checkpoint folder's tokenizer files.
struct TokenizerFiles {
    /// The largest file of the original CLIP tokenizer has 3.6 MB.
    static let maxBytes = 32 << 20

    let directory: String

    func read(_ name: String) throws -> [UInt8] {
        guard let bytes = try readIfPresent(name) else { throw TokenizerError.missingFile(path: path(of: name)) }
        return bytes
    }

    func readIfPresent(_ name: String) throws -> [UInt8]? {
        let path = path(of: name)
        guard let file = fopen(path, "rb") else {
            if errno == ENOENT { return nil }
            throw TokenizerError.unreadableFile(path: path, reason: lastSystemError)
        }
        defer { fclose(file) }

        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes.append(contentsOf: chunk.prefix(count))
            guard bytes.count <= Self.maxBytes else {
                throw TokenizerError.oversizedFile(path: path, maxBytes: Self.maxBytes)
            }
        }
        guard ferror(file) == 0 else {
            throw TokenizerError.unreadableFile(path: path, reason: lastSystemError)
        }
        return bytes
    }

    private func path(of name: String) -> String {
        "\(directory)/\(name)"
    }

    private var lastSystemError: String {
        String(cString: strerror(errno))
    }
}

/// Decodes JSON, turning what the decoder throws into an error that names the file.
func decodeJSON<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8], name: String) throws -> Value {
    do {
        return try JSONDecoder().decode(type, from: Data(bytes))
    } catch let error as DecodingError {
        throw TokenizerError.malformedFile(name: name, reason: reason(for: error))
    }
}

private func reason(for error: DecodingError) -> String {
    let context: DecodingError.Context
    switch error {
    case .typeMismatch(_, let found), .valueNotFound(_, let found), .keyNotFound(_, let found),
        .dataCorrupted(let found):
        context = found
    @unknown default:
        return "it cannot be decoded"
    }
    let place = context.codingPath.map(\.stringValue).joined(separator: ".")
    return place.isEmpty ? context.debugDescription : "at \(place): \(context.debugDescription)"
}
