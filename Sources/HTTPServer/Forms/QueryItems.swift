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

    private var items: [Item]

    /// The given pairs.
    public init(_ items: [Item] = []) {
        self.items = items
    }

    /// Decodes `name=value&name=value`: `+` is a space, repeated names are kept, empty pairs are skipped.
    ///
    /// - Throws: a 400 `HTTPProblem` on a malformed percent-encoding or one that does not give UTF-8.
    public init(decoding text: some StringProtocol) throws(HTTPProblem) {
        items = []
        for pair in text.split(separator: "&") {
            let pair = Substring(pair)
            let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
            items.append(
                Item(
                    name: try PercentEncoding.decode(pair[..<equals], plusIsSpace: true),
                    value: try PercentEncoding.decode(pair[equals...].dropFirst(), plusIsSpace: true)))
        }
    }

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
