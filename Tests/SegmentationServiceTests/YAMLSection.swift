/// A part of openapi.yaml, read as far as that file goes in YAML: mappings and lists told apart by their margins, scalars
/// in any style, and lists in brackets.
struct YAMLSection: Sendable {
    private let lines: [Substring]

    init(_ document: String) {
        self.init(lines: document.split(separator: "\n"))
    }

    private init(lines: [Substring]) {
        self.lines = lines.filter { !$0.allSatisfy { $0 == " " } && $0.first { $0 != " " } != "#" }
    }

    private static func margin(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }
    private var margin: Int { lines.map(Self.margin).min() ?? 0 }

    /// A line's key, and what follows it on the line.
    private static func entry(_ line: Substring) -> (key: String, rest: Substring)? {
        let line = line.drop { $0 == " " }
        if line.hasSuffix(":") { return (unquoted(line.dropLast()), "") }
        guard let colon = line.firstRange(of: ": ") else { return nil }
        return (unquoted(line[..<colon.lowerBound]), line[colon.upperBound...])
    }

    private static func unquoted(_ text: Substring) -> String {
        guard let quote = text.first, text.count > 1, quote == text.last, "'\"".contains(quote) else {
            return String(text)
        }
        return String(text.dropFirst().dropLast())
    }

    /// The mapping's keys.
    var keys: [String] {
        lines.filter { Self.margin($0) == margin }.compactMap { Self.entry($0)?.key }
    }

    /// What the mapping has under a key: all deeper lines, or what is on the same one.
    private func value(_ key: String) -> YAMLSection? {
        let margin = margin
        guard
            let start = lines.firstIndex(where: { Self.margin($0) == margin && Self.entry($0)?.key == key }),
            let rest = Self.entry(lines[start])?.rest
        else { return nil }
        guard rest.isEmpty || rest == "|" else { return YAMLSection(lines: [rest]) }
        return YAMLSection(lines: lines[(start + 1)...].prefix { Self.margin($0) > margin }.map(\.self))
    }

    /// What mappings within mappings have under keys.
    subscript(keys: String...) -> YAMLSection? { self[keys] }

    subscript(keys: [String]) -> YAMLSection? {
        keys.reduce(self) { section, key in section?.value(key) }
    }

    /// The list's elements.
    var items: [YAMLSection] {
        let margin = margin
        let starts = lines.indices.filter {
            Self.margin(lines[$0]) == margin && lines[$0].dropFirst(margin).first == "-"
        }
        return zip(starts, starts.dropFirst() + [lines.endIndex]).map { start, end in
            let first = String(repeating: " ", count: margin + 2) + lines[start].dropFirst(margin + 2)
            return YAMLSection(lines: [first[...]] + lines[start..<end].dropFirst())
        }
    }

    /// The scalar.
    var text: String { Self.unquoted(lines.map { $0.drop { $0 == " " } }.joined(separator: " ")[...]) }

    /// The values on the lines that have this key at any depth, in order; those in brackets are several.
    func values(ofAll key: String) -> [String] {
        lines.compactMap { line -> Substring? in
            guard let entry = Self.entry(line.drop { $0 == " " || $0 == "-" }), entry.key == key else { return nil }
            return entry.rest
        }.flatMap { value in
            value.first == "["
                ? value.dropFirst().dropLast().split(separator: ", ").map(Self.unquoted) : [Self.unquoted(value)]
        }
    }
}

extension YAMLSection {
    /// What a reference within the document points at, where this is one.
    func resolved(in document: YAMLSection) -> YAMLSection {
        guard let reference = self["$ref"]?.text else { return self }
        return document[reference.split(separator: "/").dropFirst().map(String.init)] ?? self
    }
}
