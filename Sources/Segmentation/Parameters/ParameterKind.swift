/// What a parameter can be.
public enum ParameterKind: Sendable, Equatable {
    /// Any text of no more bytes than this.
    case text(maxBytes: Int)
    /// A number in a range, or one of some words in its place.
    case number(ClosedRange<Double>, words: [String] = [])
    /// A whole number in a range.
    case integer(ClosedRange<Int>)
    /// One of these words.
    case word([String])
    /// One of these whole numbers.
    case choice([Int])
    /// `true` or `false`.
    case flag
    /// `#rrggbb`.
    case color
    /// `original`, `model`, or width and height as in `640x480`.
    case size(sides: ClosedRange<Int>)
    /// Rows and columns as in `2x3`.
    case grid(sides: ClosedRange<Int>)
    /// A list of numbers, as JSON writes it.
    case numbers
    /// A file.
    case file

    /// How long the text of a value may be. Comparing long strings can take seconds: Swift's time is quadratic in the
    /// combining marks of one character.
    public var maxBytes: Int {
        switch self {
        case .text(let maxBytes): maxBytes
        case .numbers: 1 << 16
        default: 256
        }
    }

    /// What one could give, to be read after “it can be”.
    public var expectation: String {
        switch self {
        case .text: "a text"
        case .number(let range, let words):
            (["a number from \(range.lowerBound.shortText) to \(range.upperBound.shortText)"] + words)
                .joined(separator: ", or ")
        case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .word(let words): words.joined(separator: ", ")
        case .choice(let numbers): numbers.map { "\($0)" }.joined(separator: ", ")
        case .flag: "true or false"
        case .color: "a colour such as #ff8800"
        case .size(let sides):
            "original, model, or width and height from \(sides.lowerBound) to \(sides.upperBound) such as 640x480"
        case .grid(let sides): "rows and columns from \(sides.lowerBound) to \(sides.upperBound) such as 2x3"
        case .numbers: "a list of numbers such as [0.5, -1]"
        case .file: "a file"
        }
    }
}
