/// A field line (RFC 9112 §5): field-name ":" OWS field-value OWS.
enum FieldLine {
    static func parse(_ line: Span<UInt8>) throws(HTTPProblem) -> HTTPHeaders.Field {
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
        return HTTPHeaders.Field(name: name.text, value: value.text)
    }

    private static func malformed(_ detail: String) -> HTTPProblem {
        .malformed(detail, code: "malformed_header")
    }
}
