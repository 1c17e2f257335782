/// One pass over a multipart body: delimiter, part headers, content, delimiter, …, close delimiter.
struct MultipartParser {
    private let body: [UInt8]
    /// CRLF "--" boundary (RFC 2046 §5.1.1); the CRLF belongs to the delimiter, not to the content before it.
    private let delimiter: [UInt8]
    private let limits: MultipartLimits
    private var position = 0

    /// A line that separates parts, or that ends the last one.
    private struct Delimiter {
        /// Where the content before it ends.
        var start: Int
        /// Where the part after it begins.
        var end: Int
        var isLast: Bool
    }

    init(body: [UInt8], boundary: [UInt8], limits: MultipartLimits) {
        self.body = body
        self.limits = limits
        delimiter = Array("\r\n--".utf8) + boundary
    }

    mutating func parse() throws(HTTPProblem) -> [MultipartFormData.Part] {
        var parts: [MultipartFormData.Part] = []
        var current = try firstDelimiter()
        while !current.isLast {
            guard parts.count < limits.maxParts else { throw tooLarge("more than \(limits.maxParts) parts") }
            position = current.end
            let headers = try readHeaders()
            let start = position
            // A part may end with its header section, whose last CRLF is then the delimiter's (RFC 2046 §5.1.1).
            guard let next = nextDelimiter(from: start - 2) else {
                throw MultipartFormData.malformed("The body ends before its closing boundary.")
            }
            parts.append(try part(headers, body[start..<max(start, next.start)]))
            current = next
        }
        return parts
    }

    /// The first delimiter lacks its CRLF when there is no preamble.
    private func firstDelimiter() throws(HTTPProblem) -> Delimiter {
        if body.starts(with: delimiter.dropFirst(2)), let first = completed(at: 0, skipping: delimiter.count - 2) {
            return first
        }
        guard let first = nextDelimiter(from: 0) else {
            throw MultipartFormData.malformed("The body holds no line that begins with the boundary.")
        }
        return first
    }

    private func nextDelimiter(from start: Int) -> Delimiter? {
        var search = start
        while let candidate = body[search...].firstIndex(of: .cr) {
            if body[candidate...].starts(with: delimiter),
                let found = completed(at: candidate, skipping: delimiter.count)
            {
                return found
            }
            search = candidate + 1
        }
        return nil
    }

    /// After the boundary comes `--`, or white space and a line end; with anything else, the boundary only happened to begin
    /// a line of content.
    private func completed(at start: Int, skipping length: Int) -> Delimiter? {
        var end = start + length
        if body[end...].starts(with: "--".utf8) { return Delimiter(start: start, end: end + 2, isLast: true) }
        while end < body.count, body[end].isBlank { end += 1 }
        guard body[end...].starts(with: "\r\n".utf8) else { return nil }
        return Delimiter(start: start, end: end + 2, isLast: false)
    }

    private mutating func readHeaders() throws(HTTPProblem) -> HTTPHeaders {
        var reader = HeaderReader(
            maxBytes: limits.maxHeaderBytes, maxCount: limits.maxHeaderCount, charset: .utf8)
        let body = body
        do {
            if let headers = try reader.read(body.span, at: &position) { return headers }
        } catch {
            throw error.status == .badRequest
                ? MultipartFormData.malformed("A part's header is malformed. \(error.detail)")
                : tooLarge("a part whose header is too large")
        }
        throw MultipartFormData.malformed("The body ends within a part's header.")
    }

    private func part(
        _ headers: HTTPHeaders, _ content: ArraySlice<UInt8>
    ) throws(HTTPProblem) -> MultipartFormData.Part {
        // RFC 7578 §4.2: each part has a Content-Disposition of type form-data with a name.
        let dispositions = headers.values(of: "Content-Disposition")
        guard dispositions.count == 1, let disposition = ParameterizedValue(parsing: dispositions[0]),
            disposition.value == "form-data", let name = disposition["name"]
        else {
            throw MultipartFormData.malformed("Each part needs a header Content-Disposition: form-data; name=\"…\".")
        }
        if let type = headers.mediaType, type.hasPrefix("multipart/") {
            var problem = MultipartFormData.malformed(
                "The part “\(name)” is \(type): a form has no parts within parts (RFC 7578 section 4.3). Send each of "
                    + "them as a part of the form itself; with curl, give a value that begins with “(” by --form-string."
            )
            problem.parameter = name
            throw problem
        }
        let filename = disposition["filename"]
        guard content.count <= (filename == nil ? limits.maxFieldBytes : limits.maxFileBytes) else {
            throw tooLarge("a part larger than allowed")
        }
        return MultipartFormData.Part(
            name: name, filename: filename, contentType: headers["Content-Type"], headers: headers, body: content)
    }

    private func tooLarge(_ what: String) -> HTTPProblem {
        HTTPProblem(
            status: .contentTooLarge, code: "multipart_too_large",
            detail: "The multipart body holds \(what). Send less.")
    }
}
