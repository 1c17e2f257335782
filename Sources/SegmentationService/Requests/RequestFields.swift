import HTTPServer
import Segmentation

/// What a request brings: parameters in the query, and in a form or in JSON, or a file that is the body itself.
///
/// Parameters are taken one after the other by name. In a form, and in the query, several values are several fields of one
/// name; in JSON they are a list under the name's plural. What nobody has taken is refused in the end, never ignored.
struct RequestFields {
    /// The limits on bodies.
    struct Limits: Sendable {
        let form: MultipartLimits
        let json: JSONLimits

        /// Texts in JSON are as short as those in forms.
        init(_ form: MultipartLimits = SegmentForm.defaultLimits) {
            self.form = form
            var json = JSONLimits()
            json.maxTextBytes = form.maxFieldBytes
            self.json = json
        }
    }

    private enum Value {
        case query(String)
        case part(MultipartFormData.Part)
        case body([UInt8])
    }

    private var values: [String: [Value]] = [:]
    private var known: Set<String> = []
    /// What the JSON of the body has, if it is JSON.
    private(set) var json: JSONFields?

    /// Reads a request.
    ///
    /// - Parameter bodyFile: The parameter that a body is which is an image; nil if there is none such.
    /// - Throws: a 4xx `HTTPProblem` if the body is of another type, or can't be read.
    init(_ request: HTTPRequest, bodyFile: String?, limits: Limits = Limits()) throws(HTTPProblem) {
        for item in request.query { try add(.query(item.value), item.name) }
        switch try BodyKind(request, takesFile: bodyFile != nil) {
        case .form:
            let contentType = request.headers["Content-Type"] ?? ""
            let parts = try MultipartFormData.parse(body: request.body, contentType: contentType, limits: limits.form)
            for part in parts { try add(.part(part), part.name) }
        case .json: json = try JSONFields(parsing: request.body, limits: limits.json)
        case .file: if let bodyFile { try add(.body(request.body), bodyFile) }
        }
    }

    private mutating func add(_ value: Value, _ name: String) throws(HTTPProblem) {
        guard name.utf8.count <= ParameterWord.maxBytes else {
            throw HTTPProblem(
                status: .badRequest, code: "unknown_parameter",
                detail: "A parameter's name has \(name.utf8.count) bytes. There is none so long.")
        }
        values[name, default: []].append(value)
    }

    // MARK: - Files

    /// Takes a file: in JSON, in base64.
    mutating func file(_ name: String) throws(HTTPProblem) -> [UInt8]? {
        let files = try take(name).map { value throws(HTTPProblem) in try Self.file(value, name) }
        return try Self.only(files + [json?.file(name)].compactMap(\.self), name)
    }

    /// Takes files, which JSON has in a list under the plural.
    mutating func files(_ name: String) throws(HTTPProblem) -> [[UInt8]] {
        let files = try take(name).map { value throws(HTTPProblem) in try Self.file(value, name) }
        return files + (try json?.files(name + "s") ?? [])
    }

    private static func file(_ value: Value, _ name: String) throws(HTTPProblem) -> [UInt8] {
        switch value {
        case .part(let part): return Array(part.body)
        case .body(let bytes): return bytes
        case .query:
            throw .invalidParameter(name, "is a file: send it as a file in a multipart form, or as the body")
        }
    }

    // MARK: - Texts

    /// Takes texts, which JSON has in a list under the plural.
    mutating func texts(_ name: String) throws(HTTPProblem) -> [String] {
        try texts(name, inJSON: name + "s")
    }

    /// Takes texts, which JSON has in a list under a name of its own.
    mutating func texts(_ name: String, inJSON list: String) throws(HTTPProblem) -> [String] {
        let texts = try take(name).map { value throws(HTTPProblem) in try Self.text(value, name) }
        return texts + (try json?.texts(list) ?? [])
    }

    /// Takes a word that names a case.
    mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of: Choice.Type = Choice.self
    ) throws(HTTPProblem) -> Choice? {
        let inJSON: Choice? = try json?.choice(name)
        let choices = try words(name).map { word throws(HTTPProblem) in
            guard let choice = Choice(rawValue: word) else {
                let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
                throw HTTPProblem.invalidParameter(name, "is “\(word)”; it can be \(all)")
            }
            return choice
        }
        return try Self.only(choices + [inJSON].compactMap(\.self), name)
    }

    /// Takes a number.
    mutating func number(_ name: String) throws(HTTPProblem) -> Double? {
        let inJSON = try json?.number(name)
        let numbers = try words(name).map { word throws(HTTPProblem) in
            guard let number = Double(decimal: word) else {
                throw HTTPProblem.invalidParameter(name, "is “\(word)”; give a number")
            }
            return number
        }
        return try Self.only(numbers + [inJSON].compactMap(\.self), name)
    }

    /// Takes `true` or `false`.
    mutating func flag(_ name: String) throws(HTTPProblem) -> Bool? {
        let inJSON = try json?.flag(name)
        let flags = try words(name).map { word throws(HTTPProblem) in
            guard let flag = Bool(word) else {
                throw HTTPProblem.invalidParameter(name, "is “\(word)”; it can be true, false")
            }
            return flag
        }
        return try Self.only(flags + [inJSON].compactMap(\.self), name)
    }

    private mutating func words(_ name: String) throws(HTTPProblem) -> [String] {
        try take(name).map { value throws(HTTPProblem) in
            let text = try Self.text(value, name)
            try ParameterWord.check(text, of: name)
            return text
        }
    }

    private static func text(_ value: Value, _ name: String) throws(HTTPProblem) -> String {
        switch value {
        case .query(let text): return text
        case .part(let part): if let text = part.text { return text }
        case .body: break
        }
        throw .invalidParameter(name, "is not UTF-8 text")
    }

    // MARK: - What is left

    /// Goes on with the members of an object in the JSON, and refuses what else there was.
    mutating func enterObject(_ name: String) throws(HTTPProblem) {
        guard var outer = json else { return }
        json = try outer.object(name)
        try outer.requireNothingElse()
    }

    /// - Throws: 400 `unknown_parameter` if there is a parameter that nobody took; the text lists those that were.
    func requireNothingElse() throws(HTTPProblem) {
        if let stranger = values.keys.min() {
            throw HTTPProblem(
                status: .badRequest, code: "unknown_parameter",
                detail: "There is no parameter “\(stranger)”. There are: \(known.sorted().joined(separator: ", ")).",
                parameter: stranger)
        }
        try json?.requireNothingElse()
    }

    private mutating func take(_ name: String) -> [Value] {
        known.insert(name)
        return values.removeValue(forKey: name) ?? []
    }

    private static func only<Element>(_ elements: [Element], _ name: String) throws(HTTPProblem) -> Element? {
        guard elements.count <= 1 else { throw .duplicateParameter(name) }
        return elements.first
    }
}

extension HTTPProblem {
    /// 400: a parameter is missing.
    static func missingParameter(_ name: String, _ detail: String) -> HTTPProblem {
        HTTPProblem(status: .badRequest, code: "missing_parameter", detail: detail, parameter: name)
    }
}
