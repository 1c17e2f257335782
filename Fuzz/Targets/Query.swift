@testable import HTTPServer

extension FuzzTarget {
    /// A query, and the text that a query carries. Encoded again, what was decoded comes back.
    static let query = FuzzTarget(maxLength: 512) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if !bytes.contains(0) {
            let decoded = try? PercentEncoding.decode(form: encoded(text)[...])
            require(decoded == text, "any text can be sent")
        }
        guard bytes.allSatisfy(\.isVisible), let items = try? QueryItems(decoding: text) else { return }
        let again = items.map { encoded($0.name) + "=" + encoded($0.value) }.joined(separator: "&")
        require((try? QueryItems(decoding: again)) == items, "the same pairs")
        require(items.allSatisfy { items.values(of: $0.name).contains($0.value) }, "every value is found by its name")
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
