/// A value with parameters, `value; name=token; name="quoted"`, as in Content-Type (RFC 9110 §8.3.1) and
/// Content-Disposition (RFC 6266 §4.1, as RFC 7578 §4.2 uses it).
struct ParameterizedValue {
    /// What stands before the first semicolon, in lower case.
    let value: String
    private var parameters: [(name: String, value: String)] = []

    /// `nil` if the text is malformed or a parameter comes twice.
    init?(parsing text: String) {
        let bytes = Array(text.utf8)
        var position = 0
        value = Self.take(from: bytes, at: &position) { $0.isToken || $0 == UInt8(ascii: "/") }.lowercased()
        guard !value.isEmpty else { return nil }
        while true {
            Self.skipBlanks(bytes, &position)
            guard position < bytes.count else { return }
            guard bytes[position] == UInt8(ascii: ";") else { return nil }
            position += 1
            Self.skipBlanks(bytes, &position)
            // RFC 9110 §5.6.6 lets a parameter be left out between semicolons.
            guard position < bytes.count, bytes[position] != UInt8(ascii: ";") else { continue }
            let name = Self.take(from: bytes, at: &position, while: \.isToken).lowercased()
            guard !name.isEmpty, position < bytes.count, bytes[position] == UInt8(ascii: "=") else { return nil }
            position += 1
            guard let value = Self.parameterValue(bytes, &position), self[name] == nil else { return nil }
            parameters.append((name, value))
        }
    }

    /// The parameter of that name, in lower case.
    subscript(name: String) -> String? { parameters.first { $0.name == name }?.value }

    private static func parameterValue(_ bytes: [UInt8], _ position: inout Int) -> String? {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let token = take(from: bytes, at: &position, while: \.isToken)
            return token.isEmpty ? nil : token
        }
        position += 1
        return quotedString(bytes, &position)
    }

    /// RFC 9110 §5.6.4, from behind the opening quote to behind the closing one. A backslash escapes a quote or a backslash
    /// only: before anything else it is part of a path, as old browsers send them.
    private static func quotedString(_ bytes: [UInt8], _ position: inout Int) -> String? {
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
            let isEscape =
                byte == UInt8(ascii: "\\") && position < bytes.count
                && (bytes[position] == UInt8(ascii: "\"") || bytes[position] == UInt8(ascii: "\\"))
            content.append(isEscape ? bytes[position] : byte)
            if isEscape { position += 1 }
        }
        return nil
    }

    private static func take(
        from bytes: [UInt8], at position: inout Int, while isIncluded: (UInt8) -> Bool
    ) -> String {
        let start = position
        while position < bytes.count, isIncluded(bytes[position]) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func skipBlanks(_ bytes: [UInt8], _ position: inout Int) {
        while position < bytes.count, bytes[position].isBlank { position += 1 }
    }
}
