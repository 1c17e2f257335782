/// The pairs of a query or form, decoded from `application/x-www-form-urlencoded`, in order; names may repeat.
public struct QueryItems: Sendable, Hashable {
    /// One pair.
    public struct Item: Sendable, Hashable {
        /// The part before the first `=`.
        public var name: String
        /// The part after the first `=`; empty where there is none.
        public var value: String

        /// A pair of the given name and value.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The most pairs that are taken: the largest form of any route has fewer, and each takes more memory than its text.
    static let maxCount = 512

    private var items: [Item]

    /// The given pairs.
    public init(_ items: [Item] = []) {
        self.items = items
    }

    /// Decodes `name=value&name=value`: `+` is a space, repeated names are kept, empty pairs are skipped.
    ///
    /// - Throws: a 400 `HTTPProblem` on a malformed percent-encoding, one that does not give UTF-8, or more than 512 pairs.
    public init(decoding text: some StringProtocol) throws(HTTPProblem) {
        items = []
        var rest = Substring(text).utf8
        while !rest.isEmpty {
            let pair = Substring(rest.prefix { $0 != UInt8(ascii: "&") })
            rest = rest[pair.endIndex...].dropFirst()
            guard !pair.isEmpty else { continue }
            guard items.count < Self.maxCount else { throw Self.tooMany }
            let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            items.append(
                Item(
                    name: try PercentEncoding.decode(form: pair[..<equals]),
                    value: try PercentEncoding.decode(form: pair[equals...].dropFirst())))
        }
    }

    private static let tooMany = HTTPProblem.malformed(
        "A query can have \(maxCount) pairs of name and value at most. Send more as a form.",
        code: "too_many_parameters")

    /// The first value of that name.
    public subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    /// Every value of that name, in order.
    public func values(of name: String) -> [String] { items.filter { $0.name == name }.map(\.value) }
}

extension QueryItems: RandomAccessCollection {
    /// The position of the first pair.
    public var startIndex: Int { items.startIndex }
    /// The position after the last pair.
    public var endIndex: Int { items.endIndex }
    /// The pair at a position.
    public subscript(position: Int) -> Item { items[position] }
}
