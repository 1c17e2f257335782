/// The keys that callers may show, by name.
struct APIKeys: Sendable {
    private static let minimumKeyBytes = 16
    /// Comparing takes time with every byte that is shown and every key, before anybody has shown a right one.
    private static let maximumKeyBytes = 256
    private static let maximumNameBytes = 64

    private let keys: [(name: String, key: [UInt8])]

    /// Reads one `name:key` a line; empty lines and lines that begin with `#` are passed over.
    ///
    /// - Throws: at a line that is neither, a name or key that comes twice, or if there is no key at all: a mistake must not
    ///   open the door, nor close it silently. Errors never quote a key.
    init(parsing text: [UInt8]) throws(APIKeyError) {
        var keys: [(name: String, key: [UInt8])] = []
        for (index, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let line = Self.trimmed(line)
            if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
                throw APIKeyError(line: index + 1, problem: "is not name:key")
            }
            let name = Self.trimmed(line[..<colon])
            let key = Self.trimmed(line[(colon + 1)...])
            guard (1...Self.maximumNameBytes).contains(name.count), name.allSatisfy(Self.isVisible) else {
                throw APIKeyError(line: index + 1, problem: "has a name that is empty, long or not plain ASCII")
            }
            guard key.count >= Self.minimumKeyBytes else {
                throw APIKeyError(
                    line: index + 1,
                    problem: "has a key shorter than \(Self.minimumKeyBytes) characters; try: openssl rand -hex 32")
            }
            guard key.count <= Self.maximumKeyBytes else {
                throw APIKeyError(
                    line: index + 1, problem: "has a key longer than \(Self.maximumKeyBytes) characters")
            }
            guard key.allSatisfy(Self.isVisible) else {
                throw APIKeyError(line: index + 1, problem: "has a key with a space or something other than ASCII")
            }
            let new = (name: String(decoding: name, as: UTF8.self), key: Array(key))
            guard !keys.contains(where: { $0.name == new.name || $0.key == new.key }) else {
                throw APIKeyError(line: index + 1, problem: "repeats a name or a key")
            }
            keys.append(new)
        }
        guard !keys.isEmpty else { throw APIKeyError(line: nil, problem: "holds no key") }
        self.keys = keys
    }

    /// The name of a key, or nil if it is none of ours.
    ///
    /// How long this takes depends on what was shown and on how many keys there are, and on nothing in them: every key is
    /// compared, and each to its end. What is too long to be a key is compared to none.
    func name(of shown: [UInt8]) -> String? {
        guard shown.count <= Self.maximumKeyBytes else { return nil }
        var found: String?
        for (name, key) in keys {
            var difference = shown.count ^ key.count
            for (index, byte) in shown.enumerated() { difference |= Int(byte ^ key[index % key.count]) }
            if difference == 0 { found = name }
        }
        return found
    }

    private static func isVisible(_ byte: UInt8) -> Bool { (0x21...0x7E).contains(byte) }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
        var rest = bytes.drop(while: isBlank)
        while let last = rest.last, isBlank(last) { rest.removeLast() }
        return rest
    }
}

/// What is wrong with a file of keys.
public struct APIKeyError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, counted from 1, unless it is the file as a whole.
    public let line: Int?
    let problem: String

    /// Where, and what to do; never a key.
    public var description: String {
        "the API key file \(problem)\(line.map { " (line \($0))" } ?? ""). Write one name:key a line, # for comments"
    }
}
