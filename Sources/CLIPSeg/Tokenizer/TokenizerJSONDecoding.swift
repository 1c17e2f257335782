internal import Foundation

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
