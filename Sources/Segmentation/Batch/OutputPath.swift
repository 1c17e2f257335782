/// A file below the output folder, by its path from there. Lists come from anywhere, so it can't lead out of the folder,
/// nor to the manifest or to what is being written.
public struct OutputPath: Hashable, Sendable {
    /// Two names that look alike can be different files, so they are compared by the byte.
    private let bytes: [UInt8]

    /// The path with slashes between its components.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The folders that the file is in, outermost first.
    var folders: [String] { text.split(separator: "/").dropLast().map(String.init) }
    /// The same number for the same path, on any machine (FNV-1a).
    var stableHash: UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }

    /// What is wrong with a path, to be read after its name.
    struct Problem: Error, Equatable {
        let text: String
    }

    static let maxBytes = 1024
    static let maxComponentBytes = 255

    /// - Throws: `Problem` if the path could be anything else than a file below the folder.
    init(_ text: String) throws(Problem) {
        bytes = Array(text.utf8)
        guard bytes.count <= Self.maxBytes else { throw Problem(text: "has more than \(Self.maxBytes) bytes") }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { throw Problem(text: "has control characters") }
        for component in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let first = component.first else {
                throw Problem(text: "is empty, begins or ends with a slash, or has two in a row")
            }
            guard first != UInt8(ascii: ".") else { throw Problem(text: "has a component that begins with a dot") }
            guard component.count <= Self.maxComponentBytes else {
                throw Problem(text: "has a component of more than \(Self.maxComponentBytes) bytes")
            }
        }
        guard !Self.isList(bytes) else { throw Problem(text: "ends in .jsonl, as the manifest does") }
    }

    private static func isList(_ bytes: [UInt8]) -> Bool {
        bytes.suffix(6).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } == Array(".jsonl".utf8)
    }

    /// Where the answer for an image goes if nothing else is said: the same path, with the answer's extension.
    init(for image: String, extension: String) throws(Problem) {
        let isInside = (try? OutputPath(image)) != nil
        let path = isInside ? image : image.split(separator: "/").last.map(String.init) ?? image
        let name = path.split(separator: "/").last ?? ""
        let isExtended = name.dropFirst().contains(".")
        let stem =
            isExtended
            ? path.split(separator: ".", omittingEmptySubsequences: false).dropLast().joined(separator: ".") : path
        try self.init(stem + "." + `extension`)
    }
}

extension OutputKind {
    /// What names of files with such an answer end in.
    var fileExtension: String {
        switch self {
        case .mask, .probability, .cutout, .overlay, .labels: "png"
        case .json: "json"
        case .logits: "npy"
        }
    }
}
