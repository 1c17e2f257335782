/// Parameters of a segmentation as a command, a list of images or a manifest writes them: each value is a text, and files are
/// named by their paths. The image, and prompts in words, are not among them.
public struct WrittenParameters: Sendable {
    private var texts: [String: [String]] = [:]

    /// None yet.
    public init() {}

    /// Those that were given, in the order of the table.
    private var all: [(parameter: Parameter, texts: [String])] {
        SegmentationParameters.all.compactMap { parameter in texts[parameter.name].map { (parameter, $0) } }
    }

    /// The paths of the files that are named.
    public var files: [String] {
        all.flatMap { parameter, texts in texts.filter { Self.isPath($0, parameter.kind) } }
    }

    /// Whether there is something to look for without words.
    public var holdPrompts: Bool { ["prompt_expr", "prompt_image", "embedding"].contains { texts[$0] != nil } }

    /// The most values that there may have to be a prompt each for.
    public var mostForPrompts: Int { max(texts["threshold"]?.count ?? 0, texts["prompt_weight"]?.count ?? 0) }

    /// What names of files with such an answer end in: several pictures are a ZIP file.
    var fileExtension: String { fileExtensions[0] }

    private var fileExtensions: [String] {
        let kind = texts["as"]?.first.flatMap(OutputKind.init) ?? .mask
        let isSeparate = texts["combine"] == [Combination.separate.rawValue]
        return isSeparate ? ["zip", "json"] : [kind.fileExtension]
    }

    /// What is wrong with a file's name that promises another kind of answer, to be read after what gave it; nil if nothing.
    public func misnomer(_ name: String) -> String? {
        let all = ["png", "json", "npy", "zip", "jpg", "jpeg"]
        let ending = name.split(separator: ".", omittingEmptySubsequences: false).dropFirst().last?.lowercased()
        guard let ending, all.contains(ending), !fileExtensions.contains(ending) else { return nil }
        return "ends in .\(ending), but what is asked for is written as .\(fileExtensions.joined(separator: " or ."))"
    }

    /// Takes a value.
    ///
    /// - Throws: `InputError` if there is no such parameter; whether the value makes sense is found out in the end.
    public mutating func add(_ name: String, _ text: String) throws(InputError) {
        guard name != "prompt" else {
            throw InputError(
                .malformed, code: "unknown_parameter", parameter: name,
                "“prompt” is no option: prompts in words are given by themselves.")
        }
        _ = try SegmentationParameters.parameter(name)
        texts[name, default: []].append(text)
    }

    /// These, and those of the others that are not among these.
    func orElse(_ others: WrittenParameters) -> WrittenParameters {
        var both = self
        both.texts.merge(others.texts) { own, _ in own }
        return both
    }

    /// The same where paths start in a folder, which ends in a slash if it is not empty.
    func within(_ folder: String) -> WrittenParameters {
        var moved = self
        for (parameter, texts) in all {
            moved.texts[parameter.name] = texts.map { text in
                Self.isPath(text, parameter.kind) && !text.hasPrefix("/") ? folder + text : text
            }
        }
        return moved
    }

    /// - Throws: `InputError` if a value makes no sense, or if parameters contradict each other; no file is looked into.
    public func validate(prompts: [String]) throws(InputError) {
        let values = all.flatMap { parameter, texts in
            texts.map { text -> (String, ParameterValue) in
                guard Self.isPath(text, parameter.kind) else { return (parameter.name, .text(text)) }
                return (parameter.name, parameter.kind == .file ? .file([]) : .numbers([]))
            }
        }
        let hasUnread = values.contains { if case .numbers = $1 { true } else { false } }
        _ = try Self.request(image: [0], prompts, values, hasUnreadEmbeddings: hasUnread)
    }

    /// What is asked for.
    ///
    /// - Parameters:
    ///   - image: A PNG or JPEG file.
    ///   - prompts: Texts, of which each is one prompt.
    ///   - read: Reads a file, given its path.
    /// - Throws: `InputError`, or what `read` throws.
    public func request(
        image: [UInt8], prompts: [String], read: (String) throws -> [UInt8]
    ) throws -> SegmentationRequest {
        let values = try all.flatMap { parameter, texts in
            try texts.flatMap { text -> [(String, ParameterValue)] in
                guard Self.isPath(text, parameter.kind) else { return [(parameter.name, .text(text))] }
                guard parameter.kind != .file else { return [(parameter.name, .file(try read(text)))] }
                return try EmbeddingFile.decode(try read(text), name: text).map { (parameter.name, .numbers($0)) }
            }
        }
        return try Self.request(image: image, prompts, values)
    }

    private static func request(
        image: [UInt8], _ prompts: [String], _ values: [(name: String, value: ParameterValue)],
        hasUnreadEmbeddings: Bool = false
    ) throws(InputError) -> SegmentationRequest {
        var parameters = SegmentationParameters()
        parameters.hasUnreadEmbeddings = hasUnreadEmbeddings
        for prompt in prompts { try parameters.add("prompt", .text(prompt)) }
        for (name, value) in values { try parameters.add(name, value) }
        return try parameters.request(image: image)
    }

    /// Embeddings may stand there themselves, as a list.
    private static func isPath(_ text: String, _ kind: ParameterKind) -> Bool {
        kind == .file || kind == .numbers && text.utf8.first != UInt8(ascii: "[")
    }
}

extension WrittenParameters: Equatable {
    /// What means the same is the same: 0.50 and 0.5, and a default whether it is written or not.
    public static func == (left: WrittenParameters, right: WrittenParameters) -> Bool { left.meaning == right.meaning }

    private var meaning: [String: [String]] {
        var meaning: [String: [String]] = [:]
        for (parameter, texts) in all {
            let values = texts.map { parameter.kind.number(in: $0)?.shortText ?? $0 }
            if values != parameter.defaultText.map({ [$0] }) { meaning[parameter.name] = values }
        }
        return meaning
    }
}

extension WrittenParameters: Codable {
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    /// As JSON writes it.
    private enum Value: Codable {
        case flag(Bool)
        case number(Double)
        case text(String)
        case list([Value])

        init(_ text: String, _ kind: ParameterKind) {
            if let number = kind.number(in: text) {
                self = .number(number)
            } else if kind == .flag, let flag = Bool(text) {
                self = .flag(flag)
            } else {
                self = .text(text)
            }
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let flag = try? container.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? container.decode(Double.self) {
                self = .number(number)
            } else if let text = try? container.decode(String.self) {
                self = .text(text)
            } else {
                self = .list(try container.decode([Value].self))
            }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .flag(let flag): try container.encode(flag)
            case .number(let number): try container.encode(number)
            case .text(let text): try container.encode(text)
            case .list(let values): try container.encode(values)
            }
        }

        var isNumber: Bool { if case .number = self { true } else { false } }

        var text: String {
            switch self {
            case .flag(let flag): "\(flag)"
            case .number(let number): number.shortText
            case .text(let text): text
            case .list(let values): "[" + values.map(\.text).joined(separator: ", ") + "]"
            }
        }

        /// The values of a parameter. A list of numbers is one embedding.
        func texts(_ isVector: Bool) -> [String] {
            guard case .list(let values) = self, !isVector || !values.allSatisfy(\.isNumber) else { return [text] }
            return values.map(\.text)
        }
    }

    /// From an object whose members are values or lists of them.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        // In the order of their names, so that of several mistakes always the same is told.
        for name in container.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let value = try container.decode(Value.self, forKey: name)
            for text in value.texts(name.stringValue == "embedding") { try add(name.stringValue, text) }
        }
    }

    /// As an object whose members are values, or lists where there can be several.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for (parameter, texts) in all {
            let values = texts.map { Value($0, parameter.kind) }
            try container.encode(values.count == 1 ? values[0] : .list(values), forKey: Name(parameter.name))
        }
    }
}

extension ParameterKind {
    /// The number that a text is for a parameter of this kind; nil if it is none.
    fileprivate func number(in text: String) -> Double? {
        switch self {
        case .number, .integer, .choice: Double(decimal: text)
        default: nil
        }
    }
}
