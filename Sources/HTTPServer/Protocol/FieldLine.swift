/// A field line (RFC 9112 §5): field-name ":" OWS field-value OWS.
enum FieldLine {
    /// What octets beyond ASCII stand for in a value.
    enum Charset {
        /// Themselves. RFC 9110 §5.5: obs-text is opaque. Read as UTF-8 it could also be combining marks, thousands on one
        /// character, and Swift's time to compare such strings is quadratic in their number.
        case latin1
        /// RFC 7578 §5.1: the names of a form's fields and files.
        case utf8
    }

    static func parse(_ line: Span<UInt8>, charset: Charset) throws(HTTPProblem) -> HTTPHeaders.Field {
        // RFC 9112 §5.2 (obs-fold) and §2.2 (white space before the first field): both let text hide from other parsers.
        guard !line[0].isBlank else { throw malformed("A header line must not begin with white space.") }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { throw malformed("A header line has no colon.") }
        // RFC 9112 §5.1: no white space before the colon; a name is a token.
        let name = line.extracting(..<colon)
        guard colon > 0, name.allSatisfy(\.isToken) else {
            throw malformed("A header's name must be a token with the colon right after it.")
        }
        let value = line.extracting(line.trimmedOfOptionalWhitespace(from: colon + 1))
        guard value.allSatisfy(\.isFieldContent) else { throw malformed("A header's value holds a control character.") }
        return HTTPHeaders.Field(name: name.text, value: charset == .utf8 ? value.text : value.latin1Text)
    }

    private static func malformed(_ detail: String) -> HTTPProblem {
        .malformed(detail, code: "malformed_header")
    }
}
