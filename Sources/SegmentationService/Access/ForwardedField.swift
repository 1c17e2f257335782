/// A line of `Forwarded` (RFC 7239 §4): for each hop, whom its proxy was asked by.
struct ForwardedField {
    /// What each element says in `for`, out of its quotes, from left to right; nil where it has none.
    let nodes: [String?]

    /// - Returns: nil if the line is malformed. What a proxy added to a client's own line can then not be told apart from what
    ///   the client wrote: a quote that the client opens swallows the proxy's word.
    init?(_ line: String) {
        var reader = Reader(bytes: Array(line.utf8))
        var nodes: [String?] = []
        while true {
            guard let element = reader.element() else { return nil }
            // RFC 9110 §5.6.1: empty elements are ignored.
            if let node = element.node { nodes.append(node) } else if !element.isEmpty { nodes.append(nil) }
            guard reader.take(UInt8(ascii: ",")) else { break }
        }
        guard reader.isAtEnd else { return nil }
        self.nodes = nodes
    }

    private struct Element {
        var isEmpty = true
        var node: String?
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        var isAtEnd: Bool { position == bytes.count }

        mutating func take(_ byte: UInt8) -> Bool {
            guard position < bytes.count, bytes[position] == byte else { return false }
            position += 1
            return true
        }

        /// `[ pair ] *( ";" [ pair ] )`; more lenient than the grammar as to white space. Nil if it is malformed.
        mutating func element() -> Element? {
            var element = Element()
            repeat {
                skipBlanks()
                let name = text()
                if !name.isEmpty {
                    skipBlanks()
                    guard take(UInt8(ascii: "=")) else { return nil }
                    skipBlanks()
                    guard let value = value() else { return nil }
                    element.isEmpty = false
                    if name.utf8.count == 3, name.lowercased() == "for" {
                        // RFC 7239 §4: no parameter comes twice.
                        guard element.node == nil else { return nil }
                        element.node = value
                    }
                }
                skipBlanks()
            } while take(UInt8(ascii: ";"))
            return element
        }

        private mutating func value() -> String? {
            guard take(UInt8(ascii: "\"")) else { return text() }
            var content: [UInt8] = []
            while position < bytes.count {
                var byte = bytes[position]
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: content, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard position < bytes.count else { return nil }
                    byte = bytes[position]
                    position += 1
                }
                content.append(byte)
            }
            return nil
        }

        /// Up to the next delimiter. An IPv6 address without its quotes is taken too.
        private mutating func text() -> String {
            let start = position
            while position < bytes.count, !Self.delimiters.contains(bytes[position]) { position += 1 }
            return String(decoding: bytes[start..<position], as: UTF8.self)
        }

        private mutating func skipBlanks() {
            while position < bytes.count, Self.blanks.contains(bytes[position]) { position += 1 }
        }

        private static let blanks = Array(" \t".utf8)
        private static let delimiters = Array(" \t\",;=\\".utf8)
    }
}
