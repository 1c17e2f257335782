/// Reads boolean expressions of prompts.
///
///     any    = all *( "OR" all )
///     all    = factor *( "AND" factor )
///     factor = "NOT" factor / "(" any ")" / prompt
///     prompt = '"' text '"' / words
///
/// The operators are in capitals, so that prompts may have the same words in small letters; what is in quotation marks is a
/// prompt whatever it holds. Works on scalars: characters can be of any length.
struct PromptExpressionParser {
    private enum Token: Equatable {
        case and, or, not, open, close
        case prompt(String)
        case end
    }

    /// Parentheses and NOTs within each other.
    static let maxDepth = 16
    static let maxBytes = 4096

    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var token = Token.end
    /// Where the token begins.
    private var column = 0

    init(_ text: String) throws(InputError) {
        guard text.utf8.count <= Self.maxBytes else {
            throw .tooLong("prompt_expr", text, maxBytes: Self.maxBytes)
        }
        scalars = Array(text.unicodeScalars)
    }

    mutating func parse() throws(InputError) -> PromptExpression<String> {
        try advance()
        let expression = try any(depth: 0)
        guard token == .end else {
            throw wrong(token == .close ? "there is no parenthesis to close" : "AND or OR should be here")
        }
        return expression
    }

    private mutating func any(depth: Int) throws(InputError) -> PromptExpression<String> {
        var terms = [try all(depth: depth)]
        while token == .or {
            try advance()
            terms.append(try all(depth: depth))
        }
        return terms.count == 1 ? terms[0] : .any(terms)
    }

    private mutating func all(depth: Int) throws(InputError) -> PromptExpression<String> {
        var factors = [try factor(depth: depth)]
        while token == .and {
            try advance()
            factors.append(try factor(depth: depth))
        }
        return factors.count == 1 ? factors[0] : .all(factors)
    }

    private mutating func factor(depth: Int) throws(InputError) -> PromptExpression<String> {
        guard depth < Self.maxDepth else { throw wrong("more than \(Self.maxDepth) are within each other") }
        switch token {
        case .prompt(let text):
            try advance()
            return .prompt(text)
        case .not:
            try advance()
            return .not(try factor(depth: depth + 1))
        case .open:
            let opening = column
            try advance()
            let inner = try any(depth: depth + 1)
            guard token == .close else {
                throw token == .end
                    ? wrong("this parenthesis is not closed", at: opening) : wrong("AND, OR or ) should be here")
            }
            try advance()
            return inner
        case .and, .or, .close, .end:
            throw wrong("a prompt, NOT or ( should be here")
        }
    }

    /// Reads the next token.
    private mutating func advance() throws(InputError) {
        skipWhiteSpace()
        column = position
        guard position < scalars.count else {
            token = .end
            return
        }
        switch scalars[position] {
        case "(":
            position += 1
            token = .open
        case ")":
            position += 1
            token = .close
        case "\"": token = .prompt(try quoted())
        default: token = words()
        }
    }

    private mutating func quoted() throws(InputError) -> String {
        position += 1
        guard let end = scalars[position...].firstIndex(of: "\"") else {
            throw wrong("this quotation mark is not closed", at: column)
        }
        defer { position = end + 1 }
        return Self.text(scalars[position..<end])
    }

    /// An operator, or all words up to one.
    private mutating func words() -> Token {
        let start = position
        var end = position
        while position < scalars.count {
            let wordStart = position
            while position < scalars.count, !Self.endsWord(scalars[position]) { position += 1 }
            if let keyword = Self.keyword(scalars[wordStart..<position]) {
                guard wordStart == start else {
                    position = wordStart
                    break
                }
                return keyword
            }
            guard position > wordStart else { break }
            end = position
            skipWhiteSpace()
        }
        return .prompt(Self.text(scalars[start..<end]))
    }

    private mutating func skipWhiteSpace() {
        while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
    }

    private static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isWhitespace || scalar == "(" || scalar == ")" || scalar == "\""
    }

    private static func keyword(_ word: ArraySlice<Unicode.Scalar>) -> Token? {
        switch word {
        case ["A", "N", "D"]: .and
        case ["O", "R"]: .or
        case ["N", "O", "T"]: .not
        default: nil
        }
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    private func wrong(_ problem: String, at place: Int? = nil) -> InputError {
        .invalid("prompt_expr", "is wrong at column \((place ?? column) + 1): \(problem)")
    }
}

extension PromptExpression<String> {
    /// Reads an expression such as `(cat OR dog) AND NOT toy`.
    ///
    /// - Throws: `InputError` that names the column, counted in Unicode scalars from 1.
    public init(parsing text: String) throws(InputError) {
        var parser = try PromptExpressionParser(text)
        self = try parser.parse()
    }
}
