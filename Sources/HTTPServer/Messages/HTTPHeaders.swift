/// Header fields in the order they were sent; names compare without regard to case (RFC 9110 §5.1) and may repeat.
public struct HTTPHeaders: Sendable, Hashable {
    /// One field line.
    public struct Field: Sendable, Hashable {
        /// The name, as written.
        public var name: String
        /// The value, without the white space around it. In a request, an octet beyond ASCII is the character of that number.
        public var value: String

        /// A field of the given name and value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private var fields: [Field] = []

    /// No fields.
    public init() {}

    /// The first value under `name`; setting replaces every field of that name, `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { $0.name.equalsIgnoringCase(name) }?.value }
        set {
            removeAll(named: name)
            if let newValue { append(name, newValue) }
        }
    }

    /// Every value under `name`, one for each field line, in order.
    public func values(of name: String) -> [String] {
        fields.filter { $0.name.equalsIgnoringCase(name) }.map(\.value)
    }

    /// Adds a field line after those already present.
    public mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Removes every field of that name.
    public mutating func removeAll(named name: String) {
        fields.removeAll { $0.name.equalsIgnoringCase(name) }
    }

    /// The members of a comma-separated list (RFC 9110 §5.6.1) gathered from every line of that name, empty ones left out.
    public func list(of name: String) -> [String] {
        var members: [String] = []
        for field in fields where field.name.equalsIgnoringCase(name) {
            members += field.value.split(atOctet: UInt8(ascii: ",")).map { $0.trimmingOptionalWhitespace() }
                .filter { !$0.isEmpty }
        }
        return members
    }
}

extension HTTPHeaders {
    /// What the content is, as Content-Type says (RFC 9110 §8.3.1): in lower case, without parameters. Nil if it says nothing,
    /// or what can't be a media type.
    public var mediaType: String? {
        guard let field = self["Content-Type"] else { return nil }
        let type = Substring(field.utf8.prefix { $0 != UInt8(ascii: ";") }).trimmingOptionalWhitespace()
        let names = type.split(atOctet: UInt8(ascii: "/"))
        // RFC 6838 §4.2: no name is longer.
        guard names.count == 2, names.allSatisfy({ $0.isToken && $0.utf8.count <= 127 }) else { return nil }
        return type.lowercased()
    }

    /// Whether the list of that name has a member, without regard to case. Makes no strings: a client can send thousands.
    func list(of name: String, has member: String) -> Bool {
        fields.contains { $0.name.equalsIgnoringCase(name) && Self.list($0.value, has: member.utf8) }
    }

    private static func list(_ value: String, has member: String.UTF8View) -> Bool {
        var rest = Substring(value).utf8
        while true {
            let end = rest.firstIndex(of: UInt8(ascii: ",")) ?? rest.endIndex
            var found = rest[..<end].drop(while: \.isBlank)
            while let last = found.last, last.isBlank { found.removeLast() }
            if found.count == member.count, found.elementsEqual(member, by: { $0.lowercased == $1.lowercased }) {
                return true
            }
            guard end < rest.endIndex else { return false }
            rest = rest[rest.index(after: end)...]
        }
    }
}

extension HTTPHeaders: RandomAccessCollection {
    /// The position of the first field line.
    public var startIndex: Int { fields.startIndex }
    /// The position after the last field line.
    public var endIndex: Int { fields.endIndex }
    /// The field line at a position.
    public subscript(position: Int) -> Field { fields[position] }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields written as `["Name": "value"]`, repeats kept.
    public init(dictionaryLiteral elements: (String, String)...) {
        fields = elements.map { Field(name: $0.0, value: $0.1) }
    }
}
