import HTTPServer

/// The media types that a client takes (RFC 9110 §12.5.1), as far as an answer of one type needs to know them.
struct AcceptHeader {
    /// The ranges that are not excluded by a weight of 0; nil without a header, which allows everything.
    private let ranges: [String]?

    init(_ request: HTTPRequest) {
        guard request.headers["Accept"] != nil else {
            ranges = nil
            return
        }
        ranges = request.headers.list(of: "Accept").filter { $0.utf8.allSatisfy { $0 < 0x80 } }.compactMap { element in
            let parts = element.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let isExcluded = parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
            return isExcluded ? nil : parts.first
        }
    }

    /// - Parameter type: In lower case, without parameters.
    func allows(_ type: String) -> Bool {
        guard let ranges else { return true }
        let wildcard = type.prefix { $0 != "/" } + "/*"
        return ranges.contains { $0 == "*/*" || $0 == wildcard || $0 == type }
    }
}
