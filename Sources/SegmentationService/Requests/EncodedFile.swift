import Foundation
import HTTPServer

/// A file in a string: base64 (RFC 4648 §4), or a data URL (RFC 2397) in base64.
enum EncodedFile {
    /// The bytes of the file. White space is skipped, as encoders wrap lines; the media type that a data URL names is not
    /// looked at, as the bytes tell.
    ///
    /// - Parameter parameter: What problems call the string.
    /// - Throws: a 400 `HTTPProblem` for anything else, web addresses for instance.
    static func decode(_ text: String, parameter: String) throws(HTTPProblem) -> [UInt8] {
        var base64 = Array(text.utf8)[...]
        if isURL(base64, of: "data") {
            guard let comma = base64.firstIndex(of: UInt8(ascii: ",")) else {
                throw .invalidParameter(parameter, "is a data URL without a comma before its data")
            }
            guard lowercased(base64[..<comma].suffix(base64Mark.utf8.count)) == base64Mark else {
                throw .invalidParameter(
                    parameter, "is a data URL that is not in base64; write “\(base64Mark),” before the data")
            }
            base64 = base64[comma...].dropFirst()
        }
        guard !isURL(base64, of: "http"), !isURL(base64, of: "https") else {
            throw .invalidParameter(
                parameter, "is a web address, and nothing is fetched from there; send the file itself in base64")
        }
        base64.removeAll { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D || $0 == 0x0A }
        guard let bytes = Data(base64Encoded: Data(base64)) else {
            throw .invalidParameter(
                parameter,
                "is not base64; encode the whole file with the letters A–Z and a–z, digits, + and /, padded with =")
        }
        return [UInt8](bytes)
    }

    private static let base64Mark = ";base64"

    private static func isURL(_ text: ArraySlice<UInt8>, of scheme: String) -> Bool {
        lowercased(text.prefix(scheme.utf8.count + 1)) == scheme + ":"
    }

    private static func lowercased(_ few: ArraySlice<UInt8>) -> String {
        String(decoding: few, as: UTF8.self).lowercased()
    }
}

extension JSONFields {
    /// Takes a file in base64, or a data URL.
    mutating func file(_ name: String) throws(HTTPProblem) -> [UInt8]? {
        guard let text = try string(name) else { return nil }
        return try EncodedFile.decode(text, parameter: path(of: name))
    }

    /// Takes a list of such files, or a single one; none if it is absent.
    mutating func files(_ name: String) throws(HTTPProblem) -> [[UInt8]] {
        let path = path(of: name)
        return try strings(name).map { text throws(HTTPProblem) in try EncodedFile.decode(text, parameter: path) }
    }
}
