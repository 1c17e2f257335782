/// `merges.txt`: a `#version` line, then one merge a line, its two tokens separated by one space.
enum MergesFile {
    static func rules(in bytes: [UInt8]) throws -> [MergeRule] {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw TokenizerError.malformedFile(name: "merges.txt", reason: "it is not UTF-8")
        }
        var lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var rules: [MergeRule] = []
        rules.reserveCapacity(lines.count)
        for (index, line) in lines.enumerated() where !line.starts(with: "#version".utf8) {
            guard let rule = MergeRule(line.last == UInt8(ascii: "\r") ? line.dropLast() : line) else {
                throw TokenizerError.malformedFile(
                    name: "merges.txt", reason: "line \(index + 1) is not two tokens with one space between")
            }
            rules.append(rule)
        }
        return rules
    }
}

extension MergeRule {
    /// Splits two tokens at the one space between them.
    init?(_ text: Substring.UTF8View) {
        let tokens = text.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard tokens.count == 2, let left = String(tokens[0]), let right = String(tokens[1]) else { return nil }
        self.init(left: left, right: right)
    }
}
