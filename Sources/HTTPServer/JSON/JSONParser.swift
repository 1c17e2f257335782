/// One pass over a JSON text (RFC 8259).
struct JSONParser {
    private let bytes: [UInt8]
    private let limits: JSONLimits
    private var position = 0
    private var values = 0

    init(_ bytes: [UInt8], limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    mutating func parse() throws(HTTPProblem) -> JSONValue {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        let value = try value(depth: 0)
        skipWhiteSpace()
        guard position == bytes.count else { throw malformed("something follows the value") }
        return value
    }

    private mutating func value(depth: Int) throws(HTTPProblem) -> JSONValue {
        skipWhiteSpace()
        values += 1
        guard values <= limits.maxValues else { throw tooLarge("more than \(limits.maxValues) values") }
        guard let first = next else {
            throw malformed(bytes.isEmpty ? "it is empty" : "it ends where a value should be")
        }
        switch first {
        case UInt8(ascii: "{"): return .object(try members(depth: try deeper(depth)))
        case UInt8(ascii: "["): return .array(try elements(depth: try deeper(depth)))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        default: throw malformed("no value begins like this")
        }
    }

    private func deeper(_ depth: Int) throws(HTTPProblem) -> Int {
        guard depth < limits.maxDepth else {
            throw tooLarge("more than \(limits.maxDepth) lists and objects within each other")
        }
        return depth + 1
    }

    // MARK: - Objects and arrays

    private mutating func members(depth: Int) throws(HTTPProblem) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        // As bytes: to compare long strings of combining marks takes quadratic time.
        var names: Set<[UInt8]> = []
        position += 1
        if try ends(with: UInt8(ascii: "}"), first: true) { return members }
        repeat {
            skipWhiteSpace()
            guard next == UInt8(ascii: "\"") else { throw malformed("a name in quotation marks should be here") }
            let name = try string()
            guard name.utf8.count <= limits.maxNameBytes else {
                throw tooLarge("a name of more than \(limits.maxNameBytes) bytes")
            }
            guard names.insert(Array(name.utf8)).inserted else { throw .duplicateParameter(name) }
            skipWhiteSpace()
            guard next == UInt8(ascii: ":") else { throw malformed("a colon should be here") }
            position += 1
            members.append(JSONValue.Member(name: name, value: try value(depth: depth)))
        } while try !ends(with: UInt8(ascii: "}"), first: false)
        return members
    }

    private mutating func elements(depth: Int) throws(HTTPProblem) -> [JSONValue] {
        var elements: [JSONValue] = []
        position += 1
        if try ends(with: UInt8(ascii: "]"), first: true) { return elements }
        repeat { elements.append(try value(depth: depth)) } while try !ends(with: UInt8(ascii: "]"), first: false)
        return elements
    }

    /// Takes a closing bracket, or what stands before another element: nothing before the first, else a comma.
    private mutating func ends(with bracket: UInt8, first: Bool) throws(HTTPProblem) -> Bool {
        skipWhiteSpace()
        if next == bracket {
            position += 1
            return true
        }
        guard !first else { return false }
        guard next == UInt8(ascii: ",") else {
            throw malformed("a comma or \(Character(Unicode.Scalar(bracket))) should be here")
        }
        position += 1
        return false
    }

    // MARK: - Strings

    private mutating func string() throws(HTTPProblem) -> String {
        position += 1
        let start = position
        skipPlainCharacters()
        if next == UInt8(ascii: "\"") {
            position += 1
            return try text(bytes[start..<position - 1])
        }
        var unescaped = Array(bytes[start..<position])
        while next != UInt8(ascii: "\"") {
            if next == UInt8(ascii: "\\") {
                try appendEscaped(to: &unescaped)
            } else {
                let from = position
                skipPlainCharacters()
                guard position > from else {
                    throw malformed(next == nil ? "it ends within a string" : "a control character must be escaped")
                }
                unescaped += bytes[from..<position]
            }
        }
        position += 1
        return try text(unescaped[...])
    }

    private mutating func skipPlainCharacters() {
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
    }

    private func text(_ bytes: ArraySlice<UInt8>) throws(HTTPProblem) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("the string that ends here is not UTF-8")
        }
        return text
    }

    private mutating func appendEscaped(to unescaped: inout [UInt8]) throws(HTTPProblem) {
        let escape = position + 1 < bytes.count ? bytes[position + 1] : 0
        let byte: UInt8
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte = escape
        case UInt8(ascii: "b"): byte = 0x08
        case UInt8(ascii: "f"): byte = 0x0C
        case UInt8(ascii: "n"): byte = .lf
        case UInt8(ascii: "r"): byte = .cr
        case UInt8(ascii: "t"): byte = .tab
        case UInt8(ascii: "u"):
            unescaped += UTF8.encode(try scalar()) ?? UTF8.encodedReplacementCharacter
            return
        default: throw malformed("there is no such escape")
        }
        position += 2
        unescaped.append(byte)
    }

    /// `\uXXXX`, or two of them that are a surrogate pair (RFC 8259 §7).
    private mutating func scalar() throws(HTTPProblem) -> Unicode.Scalar {
        let first = try codeUnit()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard UTF16.isLeadSurrogate(first), bytes[position...].starts(with: "\\u".utf8) else { throw loneSurrogate() }
        let second = try codeUnit()
        guard UTF16.isTrailSurrogate(second) else { throw loneSurrogate() }
        return UTF16.decode(UTF16.EncodedScalar([first, second]))
    }

    private func loneSurrogate() -> HTTPProblem { malformed("half of a surrogate pair stands alone before this") }

    private mutating func codeUnit() throws(HTTPProblem) -> UInt16 {
        let digits = bytes[position...].dropFirst(2).prefix(4).compactMap(\.hexValue)
        guard digits.count == 4 else { throw malformed("four hexadecimal digits should follow \\u") }
        position += 6
        return digits.reduce(0) { $0 << 4 | UInt16($1) }
    }

    // MARK: - Numbers and words

    private mutating func number() throws(HTTPProblem) -> Double {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        if next == UInt8(ascii: "0") { position += 1 } else { try skipDigits() }
        if next == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        guard position - start <= limits.maxNumberBytes else {
            throw tooLarge("a number of more than \(limits.maxNumberBytes) characters")
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        guard let number = Double(text), number.isFinite else {
            throw malformed("the number that ends here is too large")
        }
        return number
    }

    private mutating func skipDigits() throws(HTTPProblem) {
        guard next?.isDigit == true else { throw malformed("a digit should be here") }
        while next?.isDigit == true { position += 1 }
    }

    private mutating func literal(_ word: String, _ value: JSONValue) throws(HTTPProblem) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else { throw malformed("no value begins like this") }
        position += word.utf8.count
        return value
    }

    // MARK: - Bytes

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhiteSpace() {
        while let byte = next, byte.isBlank || byte == .lf || byte == .cr { position += 1 }
    }

    private func malformed(_ problem: String) -> HTTPProblem {
        let before = bytes[..<position]
        let line = 1 + before.count { $0 == .lf }
        let byte = before.count - (before.lastIndex(of: .lf) ?? -1)
        return .malformed("The JSON can't be read. Line \(line), byte \(byte): \(problem).", code: "malformed_json")
    }

    private func tooLarge(_ what: String) -> HTTPProblem { .jsonTooLarge("The JSON holds \(what). Send less.") }
}
