import HTTPServer

/// The media types that a client takes (RFC 9110 §12.5.1), as far as an answer of one type needs to know them.
struct AcceptHeader {
    private struct Range {
        /// In lower case, without parameters.
        let type: String
        let isAllowed: Bool

        /// Nil for what does not say anything about types without parameters.
        init?(_ element: String) {
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            guard let type = parts.first else { return nil }
            let parameters = parts.dropFirst().prefix { !$0.hasPrefix("q=") }
            let weight = parts.dropFirst(1 + parameters.count).first.flatMap { Double($0.dropFirst(2)) }
            self.type = type
            isAllowed = weight != 0
            guard isAllowed || parameters.isEmpty else { return nil }
        }
    }

    /// Nil without a header, which allows everything.
    private let ranges: [Range]?

    init(_ request: HTTPRequest) {
        guard request.headers["Accept"] != nil else {
            ranges = nil
            return
        }
        ranges = request.headers.list(of: "Accept").filter { $0.utf8.allSatisfy { $0 < 0x80 } }.compactMap(Range.init)
    }

    /// The most specific range that a type is in decides.
    ///
    /// - Parameter type: In lower case, without parameters.
    func allows(_ type: String) -> Bool {
        guard let ranges else { return true }
        for wanted in [type, type.prefix { $0 != "/" } + "/*", "*/*"] {
            let said = ranges.filter { $0.type == wanted }
            if !said.isEmpty { return said.contains(where: \.isAllowed) }
        }
        return false
    }
}
