/// A line or more of text that travels in a PNG file beside the pixels (PNG, section 11.3.3): tEXt if it is ASCII, which
/// all readers know, else iTXt.
public struct PNGText: Sendable, Equatable {
    /// What the text is about, "Description" for instance.
    public let keyword: String
    /// The text, as it will be written.
    public let text: String

    /// Makes `text` safe to write and to print, wherever it came from: control characters other than the line feed, the
    /// zero that would end it and the escape that would command a terminal among them, become U+FFFD, and what goes beyond
    /// ``maxBytes`` is cut off.
    ///
    /// - Precondition: `keyword` has 1 to 79 printable ASCII characters, without spaces at its ends or two in a row.
    public init(keyword: String, text: String) {
        precondition(Self.isKeyword(keyword), "a keyword as PNG wants it")
        self.keyword = keyword
        self.text = Self.printable(text)
    }

    /// The most bytes of UTF-8 in a text.
    public static let maxBytes = 4096

    var isASCII: Bool { text.utf8.allSatisfy { $0 < 0x80 } }

    private static func isKeyword(_ keyword: String) -> Bool {
        let bytes = Array(keyword.utf8)
        guard (1...79).contains(bytes.count), bytes.first != 0x20, bytes.last != 0x20 else { return false }
        return bytes.allSatisfy { (0x20...0x7E).contains($0) }
            && !zip(bytes, bytes.dropFirst()).contains { $0 == (0x20, 0x20) }
    }

    /// By scalars: a character can be of any length, and then takes time that grows with its square.
    private static func printable(_ text: String) -> String {
        var printable = String.UnicodeScalarView()
        var bytes = 0
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
            let safe = isControl ? "\u{FFFD}" : scalar
            bytes += UTF8.width(safe)
            guard bytes <= maxBytes else { break }
            printable.append(safe)
        }
        return String(printable)
    }
}
