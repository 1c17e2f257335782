@testable import HTTPServer

extension FuzzTarget {
    /// A request target. Its path is one, and the same in absolute-form.
    static let requestTarget = FuzzTarget(maxLength: 512) { bytes in
        let raw = String(decoding: bytes, as: UTF8.self)
        if let target = try? RequestTarget(parsing: raw, method: .options) {
            require(target.raw == raw, "the target as it was sent")
            require(target.path == "*" || target.path.utf8.first == UInt8(ascii: "/"), "an absolute path")
            require(!target.path.utf8.contains(0), "no NUL")
        }
        guard bytes.first == UInt8(ascii: "/") else { return }
        let origin = try? RequestTarget(parsing: raw, method: .get)
        let absolute = try? RequestTarget(parsing: "HTTP://user.example:80" + raw, method: .get)
        require(origin?.path == absolute?.path && origin?.query == absolute?.query, "both forms mean the same")
    }
}
